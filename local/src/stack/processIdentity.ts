import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A process that was seen once. A pid alone is not enough: numbers are given out again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own words; only ever compared for equality. */
  readonly started: string;
}

/** The identity of a running process; undefined when there is none with this pid. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const started = await startTime(pid);
  return started === undefined ? undefined : { pid, started };
}

/** True while exactly this process (not a later one with its number) is running. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  return (await startTime(identity.pid)) === identity.started;
}

/** Asks a process to end, and ends it after the deadline. Resolves when it is gone; does nothing to any other process. */
export async function endProcess(
  identity: ProcessIdentity,
  deadlineMs: number,
  firstSignal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  let signal: NodeJS.Signals | undefined = firstSignal;
  while (await isRunning(identity)) {
    if (Date.now() > deadline) signal = 'SIGKILL';
    if (signal !== undefined) {
      try {
        process.kill(identity.pid, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    signal = undefined;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function startTime(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // The name in parentheses may contain anything; the fields after it are fixed: state first, start time 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return stat === '' || fields[0] === 'Z' ? undefined : fields[19];
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.trim() === '' ? undefined : stdout.trim();
}
