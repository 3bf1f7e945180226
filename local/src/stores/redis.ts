import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type GuardedProcess, startGuardedProcess } from './guardedProcess.js';
import { commandLine } from './ports.js';
import { ensureRedisProgram } from './redisProgram.js';
import { StartupError } from './startupError.js';

export interface StartRedisOptions {
  /** Created when it does not exist. Must belong to this launcher alone. */
  readonly dataDir: string;
  readonly port: number;
  readonly password: string;
  /** `durable` loses at most a second on a power cut; `throwaway` (tests) writes nothing to the disk. */
  readonly mode: 'durable' | 'throwaway';
  /** Progress for a person: printed when Redis has to be installed. */
  readonly log?: (line: string) => void;
  readonly onLine?: (line: string) => void;
}

export interface RunningRedis {
  readonly url: string;
  readonly process: GuardedProcess;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;

/**
 * Starts the machine's Redis on a directory and a loopback port of its own, installing it when it is missing and that is
 * permitted. Jobs are never evicted (a full memory refuses writes instead). It ends with this process, also when this process
 * is killed.
 * Errors: {@link StartupError}.
 */
export async function startRedis(options: StartRedisOptions): Promise<RunningRedis> {
  const program = await ensureRedisProgram(options.log ?? (() => undefined));
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  await endLeftover(options);
  const config = join(options.dataDir, 'redis.conf');
  // In a file and not on the command line, which every user of the machine can read.
  await writeFile(config, configuration(options), { mode: 0o600 });
  const running = await startUntilReady(program, config, options);
  await writeFile(pidFile(options), String(running.pid));
  return {
    url: `redis://:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}`,
    process: running,
    stop: async () => {
      await running.stop(15_000);
      await rm(pidFile(options), { force: true });
    },
  };
}

const pidFile = (options: StartRedisOptions): string => join(options.dataDir, 'redis.pid');

function configuration(options: StartRedisOptions): string {
  const durability =
    options.mode === 'durable'
      ? ['appendonly yes', 'appendfsync everysec', 'auto-aof-rewrite-min-size 32mb']
      : ['appendonly no'];
  return [
    `port ${options.port}`,
    'bind 127.0.0.1',
    'protected-mode yes',
    `requirepass ${quote(options.password)}`,
    `dir ${quote(options.dataDir)}`,
    'daemonize no',
    'save ""',
    ...durability,
    'maxmemory 512mb',
    'maxmemory-policy noeviction',
    'databases 512',
    'tcp-keepalive 60',
    'logfile ""',
    '',
  ].join('\n');
}

const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;

/** A server that outlived its launcher is stopped; it is recognised by its pid file and its command line. */
async function endLeftover(options: StartRedisOptions): Promise<void> {
  const pid = Number.parseInt(await readFile(pidFile(options), 'utf8').catch(() => ''), 10);
  if (!Number.isInteger(pid)) return;
  for (let attempt = 0; /redis-server|valkey-server/.test(await commandLine(pid)); attempt += 1) {
    if (!(await commandLine(pid)).includes(`:${options.port}`)) break;
    if (attempt === 100)
      throw new StartupError(
        'ALREADY_RUNNING',
        `An older Redis (process ${pid}) does not stop. End it: kill -9 ${pid}`,
      );
    if (attempt % 20 === 0) process.kill(pid, 'SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await rm(pidFile(options), { force: true });
}

async function startUntilReady(program: string, config: string, options: StartRedisOptions): Promise<GuardedProcess> {
  let announce: () => void = () => undefined;
  const ready = new Promise<'ready'>((resolve) => {
    announce = () => resolve('ready');
  });
  const running = await startGuardedProcess({
    command: [program, config],
    stopSignal: 'TERM',
    onLine: (line) => {
      options.onLine?.(line);
      if (/Ready to accept connections|ready to accept connections/.test(line)) announce();
    },
  });
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(() => resolve('timeout'), START_TIMEOUT_MS);
  });
  const outcome = await Promise.race([ready, running.exited, timeout]);
  clearTimeout(timer);
  if (outcome === 'ready') return running;
  await running.stop(1_000);
  throw explain(options, running.lastLines());
}

function explain(options: StartRedisOptions, lines: readonly string[]): StartupError {
  const text = lines.join('\n');
  if (/No space left on device/.test(text)) {
    return new StartupError(
      'DISK_FULL',
      `There is no space left for Redis on the disk of ${options.dataDir}. Free some space, then start again.`,
    );
  }
  if (/Address already in use/.test(text)) {
    return new StartupError(
      'PORT_BUSY',
      `Port ${options.port} for Redis was taken by another program just now. Start again.`,
    );
  }
  if (/Bad file format reading the append only file|Can't load|incompatible/i.test(text)) {
    return new StartupError(
      'DAMAGED_DATA',
      `Redis cannot read ${options.dataDir}. Nothing in it is the only copy (the queue is rebuilt from the databases): ` +
        `move it away (mv ${options.dataDir} ${options.dataDir}.damaged) and start again.`,
    );
  }
  return new StartupError(
    'PROCESS_FAILED',
    `Redis did not start:\n${lines
      .slice(-10)
      .map((line) => `  ${line}`)
      .join('\n')}`,
  );
}
