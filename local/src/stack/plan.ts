import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts, requireFreePort } from '../stores/ports.js';
import { StartupError } from '../stores/startupError.js';
import type { Ports, StoreUrls } from './environment.js';
import { BEHIND_GATEWAY, ENTRIES, ONE_PROCESS_ENTRY, PORTS, PROCESSES, type ProcessName } from './names.js';
import { needsEmbeddedPostgres } from './stores.js';

/** The root of the repository: the nearest folder above this file that has the folder of the databases. */
export const ROOT = findRoot();

function findRoot(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  for (let dir = here; dir !== dirname(dir); dir = dirname(dir)) {
    if (existsSync(join(dir, 'prisma')) && existsSync(join(dir, 'package.json'))) return dir;
  }
  throw new Error(`${here} is not inside a clone of the repository`);
}
const DISK_NEEDED_BYTES = 300_000_000;

/** What one start is to do. */
export interface Plan {
  readonly dataDir: string;
  readonly log: (line: string) => void;
  readonly given: NodeJS.ProcessEnv;
  readonly wanted: ReadonlySet<ProcessName>;
  /** All services run in the gateway's process. */
  readonly oneProcess: boolean;
  readonly ports: 'default' | 'random';
  readonly reachedAt: ((name: ProcessName, port: number) => Promise<number>) | undefined;
  /** Aborted when the start is given up. */
  readonly signal: AbortSignal;
}

/** Which processes to start: not those stores that the environment names, nor services that are in the one of all. */
export function wantedProcesses(
  only: readonly ProcessName[] | undefined,
  given: NodeJS.ProcessEnv,
  oneProcess: boolean,
): Set<ProcessName> {
  const wanted = new Set<ProcessName>(only ?? PROCESSES);
  if (oneProcess) for (const name of BEHIND_GATEWAY) wanted.delete(name);
  if (!needsEmbeddedPostgres(given)) wanted.delete('postgres');
  if (given.REDIS_URL) wanted.delete('redis');
  if (given.MONGODB_URL) wanted.delete('documentStore');
  return wanted;
}

/** Throws DISK_FULL when there is too little to work with. */
export async function requireSpace(dataDir: string): Promise<void> {
  const disk = await statfs(dataDir);
  const free = disk.bavail * disk.bsize;
  if (free >= DISK_NEEDED_BYTES) return;
  throw new StartupError(
    'DISK_FULL',
    `The disk of ${dataDir} has ${Math.floor(free / 1_000_000)} MB left; Souk needs ${DISK_NEEDED_BYTES / 1_000_000} MB to work. ` +
      'Free some space, or keep the data elsewhere: SOUK_DATA_DIR=/elsewhere npm start',
  );
}

/** The program of a process, from the root of the repository. */
export const entryOf = (name: keyof typeof ENTRIES, oneProcess: boolean): string =>
  name === 'gateway' && oneProcess ? ONE_PROCESS_ENTRY : ENTRIES[name];

/** Throws when a program that is to run has not been compiled. */
export function requireCompiled({ wanted, oneProcess }: Pick<Plan, 'wanted' | 'oneProcess'>): void {
  const missing = (Object.keys(ENTRIES) as (keyof typeof ENTRIES)[])
    .filter((name) => wanted.has(name))
    .map((name) => entryOf(name, oneProcess))
    .filter((path) => !existsSync(join(ROOT, path)));
  if (missing.length === 0) return;
  const paths = missing.join(', ');
  throw new StartupError(
    'TOOL_MISSING',
    `These programs are not compiled yet: ${paths}. Run: npm run generate && npm run build`,
  );
}

/** The port of each process. Throws PORT_BUSY for one that is taken. */
export async function choosePorts(plan: Plan): Promise<Ports> {
  if (plan.ports === 'random') {
    const free = await freePorts(PROCESSES.length);
    return Object.fromEntries(PROCESSES.map((name, index) => [name, free[index] as number])) as Ports;
  }
  const ports = Object.fromEntries(
    PROCESSES.map((name) => [name, Number(plan.given[PORTS[name].variable] || PORTS[name].port)]),
  ) as Ports;
  for (const name of PROCESSES) {
    if (plan.wanted.has(name)) await requireFreePort(ports[name], name, PORTS[name].variable);
  }
  return ports;
}

/** The ports under which the processes reach each other: their own, unless something is put in between. */
export async function reachedPorts(plan: Plan, ports: Ports): Promise<Ports> {
  const { reachedAt } = plan;
  if (reachedAt === undefined) return ports;
  const reached = PROCESSES.map(async (name) => [name, await reachedAt(name, ports[name])] as const);
  return Object.fromEntries(await Promise.all(reached)) as Ports;
}

/** Where each process is reached; without passwords, since these URLs are printed. */
export function processUrls(ports: Ports, storeUrls: StoreUrls): Record<ProcessName, string> {
  const http = Object.fromEntries(PROCESSES.map((name) => [name, `http://127.0.0.1:${ports[name]}`])) as Record<
    ProcessName,
    string
  >;
  const bare = (url: string): string => new URL(url).href.replace(/\/\/[^@/]*@/, '//');
  return {
    ...http,
    postgres: `postgresql://127.0.0.1:${ports.postgres}`,
    redis: bare(storeUrls.redis),
    documentStore: bare(storeUrls.mongodb),
  };
}
