import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../stores/startupError.js';
import { identify, isRunning, type ProcessIdentity } from './processIdentity.js';

export interface StackLock {
  release(): Promise<void>;
}

/**
 * Takes the data directory for this process alone. A lock whose holder is gone (killed, power cut) is taken over.
 * Errors: ALREADY_RUNNING, naming the holder.
 */
export async function lockDataDir(dataDir: string): Promise<StackLock> {
  await mkdir(dataDir, { recursive: true, mode: 0o755 });
  const path = join(dataDir, 'lock.json');
  const own = JSON.stringify(await identify(process.pid));
  for (;;) {
    const holder = await readHolder(path);
    if (holder !== undefined && (await isRunning(holder))) throw alreadyRunning(dataDir, holder);
    if (holder !== undefined) await rm(path, { force: true });
    if (!(await createExclusively(path, own))) continue;
    // Two may have found the same dead holder, and the slower one have removed the lock of the quicker: look again.
    await new Promise((resolve) => setTimeout(resolve, 30));
    if ((await readFile(path, 'utf8').catch(() => '')) === own) break;
  }
  return {
    release: async () => {
      if ((await readFile(path, 'utf8').catch(() => '')) === own) await rm(path, { force: true });
    },
  };
}

async function createExclusively(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o644);
    await file.writeFile(content);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The holder in the file; one that cannot be read (written half) counts as gone. */
async function readHolder(path: string): Promise<ProcessIdentity | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const holder = JSON.parse(text) as Partial<ProcessIdentity>;
    if (typeof holder.pid === 'number' && typeof holder.started === 'string') {
      return { pid: holder.pid, started: holder.started };
    }
  } catch {
    // Falls through to "a holder that runs nowhere".
  }
  return { pid: -1, started: 'unreadable' };
}

function alreadyRunning(dataDir: string, holder: ProcessIdentity): StartupError {
  return new StartupError(
    'ALREADY_RUNNING',
    `Souk already runs on ${dataDir} (process ${holder.pid}).\n` +
      `Use it (its addresses are in ${join(dataDir, 'stack.json')}), stop it (kill ${holder.pid}), ` +
      'or start a second one on another folder and other ports: SOUK_DATA_DIR=.souk-2 npm start -- --random-ports',
  );
}
