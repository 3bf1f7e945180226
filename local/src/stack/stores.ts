import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DATABASE_SERVICES, type DatabaseService, provisionDatabases } from '../stores/databases.js';
import { startGuardedProcess } from '../stores/guardedProcess.js';
import { startPostgres } from '../stores/postgres.js';
import { startRedis } from '../stores/redis.js';
import { findProgram } from '../stores/redisProgram.js';
import { StartupError } from '../stores/startupError.js';
import { databaseVariable } from './environment.js';
import type { Secrets } from './secrets.js';
import type { Running } from './supervised.js';

export interface StoreContext {
  readonly dataDir: string;
  readonly secrets: Secrets;
  readonly given: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  /** One log line of a store. */
  readonly logLine: (store: string, line: string) => void;
}

/** Starts the embedded Postgres with a database and a role for each service. Repeatable: this is how it is restarted, too. */
export async function startEmbeddedPostgres(context: StoreContext, port: number): Promise<Running> {
  const postgres = await startPostgres({
    dataDir: join(context.dataDir, 'postgres'),
    port,
    password: context.secrets.postgres,
    mode: 'durable',
    onLine: (line) => context.logLine('postgres', line),
  });
  try {
    await provisionDatabases({ adminUrl: postgres.adminUrl, passwords: context.secrets.databases });
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return postgres.process;
}

/** The databases that services are given: those that the environment names, and the embedded ones for the others. */
export function databaseUrls(context: StoreContext, port: number): Record<DatabaseService, string> {
  return Object.fromEntries(
    DATABASE_SERVICES.map((service) => {
      const embedded = `postgresql://souk_${service}:${context.secrets.databases[service]}@127.0.0.1:${port}/souk_${service}`;
      return [service, context.given[databaseVariable(service)] || embedded];
    }),
  ) as Record<DatabaseService, string>;
}

/** True when at least one service has no database of its own in the environment. */
export const needsEmbeddedPostgres = (given: NodeJS.ProcessEnv): boolean =>
  DATABASE_SERVICES.some((service) => !given[databaseVariable(service)]);

export async function startMachineRedis(context: StoreContext, port: number): Promise<Running> {
  const redis = await startRedis({
    dataDir: join(context.dataDir, 'redis'),
    port,
    password: context.secrets.redis,
    mode: 'durable',
    log: context.log,
    onLine: (line) => context.logLine('redis', line),
  });
  return redis.process;
}

export const redisUrl = (context: StoreContext, port: number): string =>
  `redis://:${context.secrets.redis}@127.0.0.1:${port}`;

export const mongodbUrl = (port: number): string => `mongodb://127.0.0.1:${port}/souk_catalog?directConnection=true`;

/**
 * The `mongod` of this machine, if there is one to be used: a shop that began on the embedded document store stays there,
 * since its catalogue is in it.
 */
export function findMongod(dataDir: string): string | undefined {
  const startedEmbedded = existsSync(join(dataDir, 'documents')) && !existsSync(join(dataDir, 'mongodb'));
  return startedEmbedded ? undefined : findProgram('mongod');
}

/** Starts the machine's own MongoDB server on a directory of the shop, on the loopback interface only. */
export async function startMongod(context: StoreContext, program: string, port: number): Promise<Running> {
  const dbPath = join(context.dataDir, 'mongodb');
  await mkdir(dbPath, { recursive: true, mode: 0o700 });
  const running = await startGuardedProcess({
    command: [program, '--dbpath', dbPath, '--port', String(port), '--bind_ip', '127.0.0.1'],
    stopSignal: 'TERM',
    onLine: (line) => context.logLine('documentStore', line),
  });
  let hasExited = false;
  void running.exited.then(() => {
    hasExited = true;
  });
  for (let attempt = 0; !(await acceptsConnections(port)); attempt += 1) {
    if (hasExited || attempt === 300) {
      await running.stop(1_000);
      throw new StartupError('PROCESS_FAILED', `mongod did not start:\n${running.lastLines().slice(-8).join('\n')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return running;
}

/** True when something accepts TCP connections on the port. */
export function acceptsConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const answer = (accepts: boolean): void => {
      socket.destroy();
      resolve(accepts);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
    socket.setTimeout(1_000, () => answer(false));
  });
}
