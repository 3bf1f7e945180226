import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Variables } from './environment.js';
import type { ProcessName } from './names.js';
import { endProcess, isRunning, type ProcessIdentity } from './processIdentity.js';

/** What `stack.json` tells about a running shop: for people, for `npm run demo`, and for the next start after a kill. */
export interface StackState {
  readonly launcher: ProcessIdentity | undefined;
  readonly startedAt: string;
  readonly urls: Readonly<Record<string, string>>;
  readonly processes: Readonly<Partial<Record<ProcessName, ProcessIdentity & { readonly url: string }>>>;
}

const statePath = (dataDir: string): string => join(dataDir, 'stack.json');
const envPath = (dataDir: string): string => join(dataDir, 'stack.env');

export async function writeState(dataDir: string, state: StackState): Promise<void> {
  await replace(statePath(dataDir), `${JSON.stringify(state, null, 2)}\n`, 0o644);
}

/** The state of the shop that runs on a data directory, or undefined when none was left there. */
export async function readState(dataDir: string): Promise<StackState | undefined> {
  const text = await readFile(statePath(dataDir), 'utf8').catch(() => undefined);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as StackState);
  } catch {
    return undefined;
  }
}

/** Variables with which one service can be run alone: `node --env-file=.souk/stack.env subgraphs/order/dist/main.js`. */
export async function writeEnvFile(dataDir: string, variables: Variables): Promise<void> {
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'`);
  await replace(envPath(dataDir), `${lines.join('\n')}\n`, 0o600);
}

export async function removeState(dataDir: string): Promise<void> {
  await Promise.all([statePath(dataDir), envPath(dataDir)].map((path) => rm(path, { force: true })));
}

/**
 * Ends what a killed launcher left running (as a rule it is ending already): exactly the processes it recorded, recognised by
 * pid and start time; the stores last, so that the others can finish. Returns their names.
 */
export async function endLeftovers(dataDir: string): Promise<string[]> {
  const recorded = Object.entries((await readState(dataDir))?.processes ?? {});
  const isStore = (name: string): boolean => name === 'postgres' || name === 'redis';
  const ended: string[] = [];
  for (const group of [recorded.filter(([name]) => !isStore(name)), recorded.filter(([name]) => isStore(name))]) {
    await Promise.all(
      group.map(async ([name, identity]) => {
        if (!(await isRunning(identity))) return;
        ended.push(name);
        await endProcess(identity, 8_000, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
      }),
    );
  }
  return ended.sort();
}

async function replace(path: string, content: string, mode: number): Promise<void> {
  await writeFile(`${path}.new`, content, { mode });
  await rename(`${path}.new`, path);
}
