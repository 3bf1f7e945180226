import { readFileSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

interface Owner {
  readonly pid: number;
  /** When the process started, in the kernel's own clock: tells a reused pid apart. Empty where /proc is missing. */
  readonly started: string;
}

const held = new Set<string>();

function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = startOf(pid);
  return started === '' || now === '' || started === now;
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    const { pid, started } = JSON.parse(await readFile(path, 'utf8')) as Partial<Owner>;
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Takes the data directory for this process; the answer gives it back. The lock of a dead process is taken over.
 * Throws when a living process (or this one) holds it, because two writers would destroy the journal.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, 'lock');
  const me: Owner = { pid: process.pid, started: startOf(process.pid) };
  if (held.has(path)) throw new Error(`Data directory ${dataDir} is already open in this process.`);
  held.add(path);
  try {
    for (let attempt = 0; ; attempt++) {
      if (await createLock(path, me)) {
        if (attempt === 0) break;
        // Another process may have taken the same stale lock over: the last one to write it has it.
        await sleep(50);
        const winner = await readOwner(path);
        if (winner?.pid === me.pid && winner.started === me.started) break;
      }
      const owner = await readOwner(path);
      const isMine = owner?.pid === me.pid && owner.started === me.started;
      if ((owner && !isMine && isAlive(owner)) || attempt >= 20) {
        throw new Error(
          `Data directory ${dataDir} is in use by process ${owner?.pid ?? 'unknown'}. Stop it first, or choose another directory.`,
        );
      }
      // An empty lock may be one that is just being written.
      if (!owner && attempt < 5) await sleep(20);
      else await rename(path, `${path}.stale`).catch(() => undefined);
    }
  } catch (error) {
    held.delete(path);
    throw error;
  }
  await rm(`${path}.stale`, { force: true });
  return async () => {
    await rm(path, { force: true });
    held.delete(path);
  };
}

async function createLock(path: string, owner: Owner): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(JSON.stringify(owner));
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
