import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import { countStatement, type Logger, metrics } from '@souk/runtime';
import pg from 'pg';
import { listenOn } from './listen.js';
import { NamedQuery } from './namedQuery.js';
import { type Statement, sql } from './statement.js';
import { isTransient } from './transient.js';

export interface Queryable {
  /** Sends one statement and answers its rows. */
  query<Row>(statement: Statement<Row>, params?: readonly unknown[]): Promise<Row[]>;
}

export interface Transaction extends Queryable {
  /** Kept apart from `Database`, so that work inside a transaction cannot leave it by accident. */
  readonly inTransaction: true;
}

export interface Database extends Queryable {
  readonly pool: pg.Pool;
  /**
   * Runs `work` in one transaction (READ COMMITTED). Transient failures before the commit are tried again, the whole
   * of `work` with them, so it must have no effect outside the database.
   * @throws what `work` throws, after rolling back. After a connection lost during COMMIT the outcome is unknown and
   * the error is thrown, not tried again.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, o?: { retries?: number }): Promise<T>;
  /**
   * Runs `work` unless work of this name is being done on this database already, by whichever process: then it answers undefined at
   * once. For sweepers, so that replicas do not do the same twice and wait for each other's locks. The claim is a
   * connection's: a process that is killed leaves none behind.
   */
  alone<T>(name: string, work: () => Promise<T>): Promise<T | undefined>;
  /** Prisma's adapter on the same pool. */
  prismaAdapter(): PrismaPg;
  /** One round trip; for readiness. */
  ping(): Promise<void>;
  /** Calls `onNotify` at each NOTIFY on the channel and after each reconnection, since some may have been missed. */
  listen(channel: string, onNotify: () => void): Promise<{ close(): Promise<void> }>;
  close(): Promise<void>;
}

/** Counts each statement where it leaves the process, whoever sends it: our helpers, Prisma, BEGIN and COMMIT. */
class CountingClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg's query has a dozen overloads, and all of them pass through
  override query(...args: any[]): any {
    countStatement('postgres');
    return (super.query as (...rest: unknown[]) => unknown).apply(this, args);
  }
}

const TYPES = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === pg.types.builtins.INT8 && format !== 'binary') return parseSafeInteger;
    return pg.types.getTypeParser(oid, format as 'text');
  },
};

function parseSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond the safe integers`);
  return value;
}

const poolConnections = metrics.gauge('souk_postgres_connections', 'Connections of the pool', ['state']);
const RETRIES = 4;

/** Opens a pool; connections are made when first needed. Waiting, statements and idle transactions are all bounded. */
export function openDatabase(o: { url: string; service: string; logger: Logger; maxConnections?: number }): Database {
  const pool = new pg.Pool({
    connectionString: o.url,
    application_name: `souk-${o.service}`,
    max: o.maxConnections ?? 10,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 15_000,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: 10_000,
    types: TYPES as unknown as pg.CustomTypesConfig,
    Client: CountingClient,
  });
  pool.on('error', (error) => o.logger.warn({ err: error }, 'an idle database connection was lost'));
  poolConnections.set({ state: 'max' }, o.maxConnections ?? 10);

  const database: Database = {
    pool,
    query: (statement, params) => send(pool, statement, params),
    async transaction(work, { retries = RETRIES } = {}) {
      for (let attempt = 0; ; attempt += 1) {
        try {
          return await once(pool, work);
        } catch (error) {
          if (attempt >= retries || !isTransient(error) || error instanceof UnknownOutcome) throw error;
          await delay(2 ** attempt * 10 * (0.5 + Math.random()));
        }
      }
    },
    alone: (name, work) => alone(pool, name, work),
    prismaAdapter: () =>
      new PrismaPg(pool, {
        statementNameGenerator: ({ sql }: { sql: string }) => `p${createHash('sha1').update(sql).digest('base64url')}`,
      }),
    async ping() {
      await pool.query('SELECT 1');
    },
    listen: (channel, onNotify) => listenOn({ url: o.url, channel, onNotify, logger: o.logger, service: o.service }),
    close: () => pool.end(),
  };
  return database;
}

const claimAlone = sql<{ claimed: boolean }>(
  'postgres.claimAlone',
  'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS claimed',
);
const endAlone = sql<never>('postgres.endAlone', 'SELECT pg_advisory_unlock(hashtextextended($1, 0))');

async function alone<T>(pool: pg.Pool, name: string, work: () => Promise<T>): Promise<T | undefined> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  try {
    const [claim] = await send(client, claimAlone, [name]);
    if (claim?.claimed !== true) return undefined;
    try {
      return await work();
    } finally {
      await send(client, endAlone, [name]).catch((error: Error) => {
        broken ??= error;
      });
    }
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** The connection was lost while COMMIT was under way: it may have happened or not. */
export class UnknownOutcome extends Error {
  override readonly name = 'UnknownOutcome';
}

async function send<Row>(
  on: pg.Pool | pg.PoolClient,
  statement: Statement<Row>,
  params: readonly unknown[] = [],
): Promise<Row[]> {
  try {
    return await new Promise((resolve, reject) => {
      const query = new NamedQuery(statement, params, TYPES.getTypeParser);
      const answered = (error: unknown, rows: Row[]) => (error == null ? resolve(rows) : reject(error));
      (on as { query(query: pg.Submittable, o: typeof answered): void }).query(query, answered);
    });
  } catch (error) {
    // Its own stack leads to where the answer was read; this one leads to who asked.
    Error.captureStackTrace(error as Error);
    throw error;
  }
}

/**
 * A connection for a transaction, with a listener from the first moment on: between a promise of the pool and the code behind its
 * `await` nobody listens, and a connection that is terminated right then would end the process.
 */
function checkOut(pool: pg.Pool, onError: (error: Error) => void): Promise<pg.PoolClient> {
  return new Promise((resolve, reject) => {
    pool.connect((error, client) => {
      if (client === undefined) return reject(error);
      client.on('error', onError);
      resolve(client);
    });
  });
}

async function once<T>(pool: pg.Pool, work: (tx: Transaction) => Promise<T>): Promise<T> {
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  const client = await checkOut(pool, onError);
  try {
    await client.query('BEGIN');
    const result = await work({ inTransaction: true, query: (statement, params) => send(client, statement, params) });
    await client.query('COMMIT').catch((error: unknown) => {
      if (broken || isTransient(error))
        throw new UnknownOutcome('the connection was lost during COMMIT', { cause: error });
      throw error;
    });
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken ??= failure;
    });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}
