import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/**
 * Runs a foreign program (Postgres, Redis) so that it never outlives this process, not even when this process is ended
 * with SIGKILL: a shell of about a megabyte stands between them, holds the other end of a pipe, and stops the program as
 * soon as the pipe closes. The program has its own session, so that Ctrl-C in a terminal reaches only us and we decide
 * about the order of stopping.
 */
const GUARD = [
  'exec 3<&0 </dev/null',
  'stop=$1; shift',
  '"$@" 3<&- & child=$!',
  'echo "guarded-pid $child"',
  '( while read -r _ <&3; do :; done; kill -"$stop" "$child" 2>/dev/null ) >/dev/null 2>&1 & watcher=$!',
  'exec 3<&-',
  'wait "$child"; code=$?',
  'kill "$watcher" 2>/dev/null',
  'exit "$code"',
].join('\n');

export interface GuardedProcessOptions {
  readonly command: readonly [string, ...string[]];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** User to run as; only root can choose one. */
  readonly uid?: number;
  readonly gid?: number;
  /** The signal that makes the program close properly: INT for Postgres, TERM for Redis. */
  readonly stopSignal: 'INT' | 'TERM';
  readonly onLine?: (line: string) => void;
}

export interface GuardedProcess {
  /** Of the program itself, not of its guard. */
  readonly pid: number;
  /** Exit code of the program (128 + n when signal n ended it). Never rejects. */
  readonly exited: Promise<number>;
  /** The last lines that the program printed, oldest first. */
  lastLines(): readonly string[];
  signal(signal: NodeJS.Signals): void;
  /** Asks it to close properly, and ends it after the deadline. Resolves when it is gone. */
  stop(deadlineMs: number): Promise<void>;
}

const KEPT_LINES = 40;

/** Starts the program. Rejects when it cannot be executed at all. */
export async function startGuardedProcess(options: GuardedProcessOptions): Promise<GuardedProcess> {
  const child = spawn('/bin/sh', ['-c', GUARD, 'guard', options.stopSignal, ...options.command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  const lines: string[] = [];
  const keep = (line: string): void => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    options.onLine?.(line);
  };
  const exited = new Promise<number>((resolve) => {
    child.once('close', (code) => resolve(code ?? 137));
    child.once('error', () => resolve(126));
  });
  child.stdin.on('error', () => undefined);
  forEachLine(child.stderr, keep);
  const pid = await programPid(child, keep);
  return {
    pid,
    exited,
    lastLines: () => lines,
    signal: (signal) => signalProcess(pid, signal),
    stop: async (deadlineMs) => {
      child.stdin.end();
      const timer = setTimeout(() => signalProcess(pid, 'SIGKILL'), deadlineMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function programPid(child: ChildProcess, keep: (line: string) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`the guard ended with ${code} before its program started`)));
    if (child.stdout === null) return;
    forEachLine(child.stdout, (line) => {
      const announced = /^guarded-pid (\d+)$/.exec(line)?.[1];
      if (announced === undefined) keep(line);
      else resolve(Number(announced));
    });
  });
}

function forEachLine(stream: Readable, use: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', use);
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already, which is what a signal is sent for.
  }
}
