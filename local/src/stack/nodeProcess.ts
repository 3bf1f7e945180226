import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { StartupError } from '../stores/startupError.js';
import { type LogFile, lastLines } from './logFile.js';
import type { Running } from './supervised.js';

export interface NodeProcessOptions {
  readonly name: string;
  /** Absolute path of the compiled program. */
  readonly entry: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: LogFile;
  /** Resolves to true when the program can work; asked until then. */
  readonly isReady: () => Promise<boolean>;
  readonly readyTimeoutMs: number;
  /** Ends the program when aborted before it is ready. */
  readonly signal: AbortSignal;
}

/**
 * Megabytes of each half of the young generation. Node's own 16 keep about 50 MB in every process for good; with 8 a service idles
 * at 90 to 140 MB, for more frequent (and shorter) collections. Source maps are left out: Node would keep those of every package
 * that has one, 20 to 45 MB in each process, and our compiled code is our source without its types, line by line.
 */
const SEMI_SPACE_MB = 8;
/** The C library otherwise keeps freed memory in an arena per thread: 20 to 35 MB in each process. */
const MALLOC_ARENAS = '2';

/**
 * Loaded into every child; the services themselves know nothing of it.
 * - When the launcher is gone (its IPC channel closes, however it ended), the child shuts down as if it had been told to, and ends
 *   for certain a little later. The channel does not keep a process alive that has finished its work.
 * - Loading and compiling leaves 30 to 80 MB of garbage that an idle process never collects: it is collected
 *   once, and once more after the demo data of a first start.
 */
const PRELOAD = `data:text/javascript,${encodeURIComponent(`
import v8 from 'node:v8';
import vm from 'node:vm';
process.on('disconnect', () => {
  setTimeout(() => process.exit(1), 15_000).unref();
  process.kill(process.pid, 'SIGTERM');
});
process.channel?.unref();
for (const ms of [12_000, 40_000]) {
  setTimeout(() => {
    v8.setFlagsFromString('--expose-gc');
    vm.runInNewContext('gc')({ type: 'major', execution: 'async', flavor: 'last-resort' });
  }, ms).unref();
}
`)}`;

/** SOUK_SEMI_SPACE_MB chooses another size: to trade memory for throughput, or to measure what it costs. */
function nodeFlags(env: NodeJS.ProcessEnv): string[] {
  return [`--max-semi-space-size=${Number(env.SOUK_SEMI_SPACE_MB) || SEMI_SPACE_MB}`];
}

/** Starts one of our own programs and waits until it is ready. Errors: PROCESS_FAILED with the last lines of its log. */
export async function startNodeProcess(options: NodeProcessOptions): Promise<Running> {
  const logStart = await sizeOf(options.log.path);
  const child = spawn(process.execPath, [...nodeFlags(options.env), '--import', PRELOAD, options.entry], {
    cwd: options.cwd,
    env: { MALLOC_ARENA_MAX: MALLOC_ARENAS, ...options.env },
    stdio: ['ignore', options.log.descriptor, options.log.descriptor, 'ipc'],
    // Of its own session: Ctrl-C reaches only the launcher, which stops everything in order.
    detached: true,
  });
  let hasExited = false;
  const exited = new Promise<string>((resolve) => {
    const end = (how: string): void => {
      hasExited = true;
      resolve(how);
    };
    child.once('exit', (status, signal) => end(signal ?? `status ${status}`));
    child.once('error', (error) => end(error.message));
  });
  child.channel?.unref();
  const running: Running = {
    pid: child.pid ?? -1,
    exited,
    signal: (signal) => void child.kill(signal),
    stop: async (deadlineMs) => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
      await exited;
      clearTimeout(timer);
    },
  };
  const deadline = Date.now() + options.readyTimeoutMs;
  for (let pauseMs = 40; ; pauseMs = Math.min(pauseMs * 1.3, 250)) {
    if (hasExited) throw await failure(options, logStart, 'ended while starting');
    if (options.signal.aborted) {
      await running.stop(2_000);
      throw options.signal.reason;
    }
    if (await options.isReady().catch(() => false)) return running;
    if (Date.now() > deadline) {
      await running.stop(2_000);
      throw await failure(options, logStart, `was not ready after ${options.readyTimeoutMs / 1000} s`);
    }
    await Promise.race([delay(pauseMs), exited]);
  }
}

async function sizeOf(path: string): Promise<number> {
  const { stat } = await import('node:fs/promises');
  return (await stat(path).catch(() => ({ size: 0 }))).size;
}

async function failure(options: NodeProcessOptions, logStart: number, what: string): Promise<StartupError> {
  const lines = await lastLines(options.log.path, 15, logStart);
  const said = lines.length === 0 ? '  (it logged nothing)' : lines.map((line) => `  ${line}`).join('\n');
  const isFull = lines.some((line) => line.includes('ENOSPC') || line.includes('No space left on device'));
  return new StartupError(
    isFull ? 'DISK_FULL' : 'PROCESS_FAILED',
    `${options.name} ${what}. Its last words (all of them in ${options.log.path}):\n${said}`,
  );
}
