import { write } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { migrate } from '@souk/postgres/migrate';
import {
  oneProcessEnvironment,
  processEnvironment,
  requireStoresInProduction,
  type StoreUrls,
  stackVariables,
  type Variables,
} from './stack/environment.js';
import { type LogFile, openLogFile } from './stack/logFile.js';
import { BEHIND_GATEWAY, type ProcessName, SUBGRAPHS, type SubgraphName } from './stack/names.js';
import { startNodeProcess } from './stack/nodeProcess.js';
import {
  choosePorts,
  entryOf,
  type Plan,
  processUrls,
  ROOT,
  reachedPorts,
  requireCompiled,
  requireSpace,
  wantedProcesses,
} from './stack/plan.js';
import { identify } from './stack/processIdentity.js';
import { loadSecrets } from './stack/secrets.js';
import { lockDataDir } from './stack/stackLock.js';
import { endLeftovers, removeState, type StackState, writeEnvFile, writeState } from './stack/stateFiles.js';
import * as stores from './stack/stores.js';
import { type Running, type SupervisedProcess, supervise } from './stack/supervised.js';
import { StartupError } from './stores/startupError.js';

export interface StartStackOptions {
  /** Everything that is kept between starts, logs included. */
  readonly dataDir: string;
  /** `default`: 4000… (each can be changed by its variable, see PORTS); `random`: free ones, for tests. */
  readonly ports: 'default' | 'random';
  /** Only these processes; default: all of them. */
  readonly only?: readonly ProcessName[];
  /** All services in one process, the gateway's: less memory and fewer steps, and no part can be restarted alone. */
  readonly oneProcess?: boolean;
  /** Settings for the services, over those of this process' own environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Progress for a person, one line each. */
  readonly log?: (line: string) => void;
  /** The port under which the others reach a process, given the one it listens on: that of a proxy, in tests that cut connections. */
  readonly reachedAt?: (name: ProcessName, port: number) => Promise<number>;
  /** Gives the start up when aborted: what has been started is stopped, and `startStack` rejects with its reason. */
  readonly signal?: AbortSignal;
}

export interface Stack {
  /** Base URL of each process; `graphql` is the public endpoint. */
  readonly urls: Readonly<Record<ProcessName | 'graphql', string>>;
  /** The variables that all services share, and all databases: with them a test reaches any store, or runs a service. */
  readonly env: Variables;
  readonly processes: ReadonlyMap<ProcessName, SupervisedProcess>;
  /** Stops everything in order: the gateway, the services (which drain), then the stores. */
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 90_000;
const STOP_DEADLINE_MS = 12_000;

/**
 * Starts the shop on this machine: stores (those that the environment does not name), migrations, provider stand-ins, the six
 * services, the notification worker and the gateway; resolves when all of them are ready. What crashes is started again.
 * Nothing outlives this process, and a start after it was killed clears away what it left.
 * Errors: {@link StartupError}, whose message says what to do; then nothing is left running.
 */
export async function startStack(options: StartStackOptions): Promise<Stack> {
  const dataDir = resolve(options.dataDir);
  const log = options.log ?? (() => undefined);
  const given: NodeJS.ProcessEnv = { ...process.env, ...options.env };
  requireStoresInProduction(given);
  const lock = await lockDataDir(dataDir);
  try {
    const leftovers = await endLeftovers(dataDir);
    if (leftovers.length > 0) log(`ended what an earlier start had left: ${leftovers.join(', ')}`);
    const abort = new AbortController();
    const stack = await startLocked(
      {
        dataDir,
        log,
        given,
        wanted: wantedProcesses(options.only, given, options.oneProcess === true),
        oneProcess: options.oneProcess === true,
        ports: options.ports,
        reachedAt: options.reachedAt,
        signal: options.signal === undefined ? abort.signal : AbortSignal.any([options.signal, abort.signal]),
      },
      () => abort.abort(),
    );
    return {
      ...stack,
      stop: async () => {
        await stack.stop();
        await removeState(dataDir);
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startLocked(plan: Plan, giveUp: () => void): Promise<Stack> {
  const { dataDir, given, wanted, oneProcess, log, signal } = plan;
  await Promise.all(['logs', 'standIns'].map((folder) => mkdir(join(dataDir, folder), { recursive: true })));
  await requireSpace(dataDir);
  requireCompiled(plan);
  const secrets = await loadSecrets(dataDir);
  const ports = await choosePorts(plan);
  const reached = await reachedPorts(plan, ports);
  const logs = new Map(
    [...wanted].map((name): [string, LogFile] => [name, openLogFile(join(dataDir, 'logs', `${name}.log`))]),
  );
  const logLine = (name: string, line: string): void => {
    const file = logs.get(name);
    if (file !== undefined) write(file.descriptor, `${line}\n`, () => undefined);
  };
  const context: stores.StoreContext = { dataDir, secrets, given, log, logLine };
  const storeUrls: StoreUrls = {
    databases: stores.databaseUrls(context, reached.postgres),
    mongodb: given.MONGODB_URL || stores.mongodbUrl(reached.documentStore),
    redis: given.REDIS_URL || stores.redisUrl(context, reached.redis),
  };
  const env = stackVariables(reached, storeUrls, secrets, given);
  const urls = { ...processUrls(ports, storeUrls), graphql: `${env.PUBLIC_URL}/graphql` };
  const processes = new Map<ProcessName, SupervisedProcess>();
  const launcher = await identify(process.pid);
  const startedAt = new Date().toISOString();
  let recording = Promise.resolve();
  const record = (): void => {
    recording = recording
      .then(() => recordState(dataDir, { launcher, startedAt, urls }, processes))
      .catch(() => undefined);
  };

  const begin = async (name: ProcessName, start: () => Promise<Running>): Promise<void> => {
    if (!wanted.has(name)) return;
    signal.throwIfAborted();
    const began = Date.now();
    const onStarted = (): void => void setImmediate(record);
    processes.set(
      name,
      await supervise({ name, url: urls[name], start, stopDeadlineMs: STOP_DEADLINE_MS, log, onStarted }),
    );
    log(`${name} is ready (${seconds(began)})`);
  };
  const beginNode = (name: Exclude<ProcessName, 'postgres' | 'redis'>): Promise<void> =>
    begin(name, () =>
      startNodeProcess({
        name,
        entry: join(ROOT, entryOf(name, oneProcess)),
        cwd: ROOT,
        env:
          name === 'gateway' && oneProcess
            ? oneProcessEnvironment(env, ports, dataDir, given)
            : processEnvironment(name, env, ports, dataDir, given),
        log: logs.get(name) as LogFile,
        isReady: () => isReady(name, ports[name]),
        readyTimeoutMs: READY_TIMEOUT_MS,
        signal,
      }),
    );
  const stop = async (): Promise<void> => {
    for (const group of STOP_ORDER) await Promise.all(group.map((name) => processes.get(name)?.stop()));
    await recording;
    for (const file of logs.values()) file.close();
  };

  const postgres = begin('postgres', () => stores.startEmbeddedPostgres(context, ports.postgres));
  const redis = begin('redis', () => stores.startMachineRedis(context, ports.redis));
  const mongod = stores.findMongod(dataDir);
  const documents =
    mongod === undefined
      ? beginNode('documentStore')
      : begin('documentStore', () => stores.startMongod(context, mongod, ports.documentStore));
  const prepare = async (name: SubgraphName): Promise<void> => {
    await postgres;
    if (oneProcess || needsDatabase(name, wanted)) await migrateDatabase(name, storeUrls.databases[name], log);
    await Promise.all([redis, documents]);
  };
  const serve = async (name: SubgraphName): Promise<void> => {
    await prepare(name);
    await Promise.all([beginNode(name), name === 'notification' ? beginNode('worker') : undefined]);
  };
  const starts = [
    postgres,
    redis,
    documents,
    beginNode('standIns'),
    ...(oneProcess
      ? [Promise.all(SUBGRAPHS.map(prepare)).then(() => beginNode('gateway'))]
      : [...SUBGRAPHS.map(serve), redis.then(() => beginNode('gateway'))]),
  ];
  try {
    await Promise.all(starts);
  } catch (error) {
    giveUp();
    await Promise.allSettled(starts);
    await stop();
    await removeState(dataDir);
    throw error;
  }
  await writeEnvFile(dataDir, env);
  // Who is told that it is open finds every process in the state file.
  record();
  await recording;
  return { urls, env, processes, stop };
}

/** Who stops when: nobody loses a service that it is still using. */
const STOP_ORDER: readonly (readonly ProcessName[])[] = [
  ['gateway'],
  BEHIND_GATEWAY,
  ['standIns'],
  ['documentStore', 'redis', 'postgres'],
];

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;

async function isReady(name: ProcessName, port: number): Promise<boolean> {
  if (name === 'documentStore') return stores.acceptsConnections(port);
  const path = name === 'standIns' ? '/health/live' : '/health/ready';
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5_000) });
  await answer.arrayBuffer();
  return answer.ok;
}

const needsDatabase = (service: SubgraphName, wanted: ReadonlySet<ProcessName>): boolean =>
  wanted.has(service) || (service === 'notification' && wanted.has('worker'));

async function migrateDatabase(service: SubgraphName, url: string, log: (line: string) => void): Promise<void> {
  const folder = join(ROOT, 'prisma', service);
  const { applied } = await migrate({
    url,
    schemaPath: join(folder, 'schema.prisma'),
    migrationsDir: join(folder, 'migrations'),
  });
  if (applied.length > 0) log(`database ${service}: applied ${applied.join(', ')}`);
}

async function recordState(
  dataDir: string,
  facts: Pick<StackState, 'launcher' | 'startedAt' | 'urls'>,
  processes: ReadonlyMap<ProcessName, SupervisedProcess>,
): Promise<void> {
  const entries = await Promise.all(
    [...processes].map(async ([name, { pid, url }]) => {
      const identity = await identify(pid);
      return identity === undefined ? [] : [[name, { ...identity, url }] as const];
    }),
  );
  await writeState(dataDir, { ...facts, processes: Object.fromEntries(entries.flat()) });
}
