import pg from 'pg';
import { DATABASES, type DatabaseName, type StoreUrls } from './stores.js';

/** One consistent look at each database: what is asked twice is answered the same. Nothing can be changed through it. */
export interface Snapshot {
  readonly stores: StoreUrls;
  /** From which age on something unfinished is late. */
  readonly lateMs: number;
  /** Rows of a statement with a small answer. */
  query<Row>(database: DatabaseName, text: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Rows of a statement with an answer of any size, read in portions by a cursor. */
  stream<Row>(database: DatabaseName, text: string, params?: readonly unknown[]): AsyncIterable<Row>;
  /** Computed once per snapshot, for invariants that are read off the same walk. */
  once<T>(what: string, compute: () => Promise<T>): Promise<T>;
  /** Something that the operator should know and that is no violation. */
  note(text: string): void;
}

const PORTION = 2_000;

/** Sums of bigint come as numeric: both are whole numbers of minor units or pieces here. */
function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is no safe integer`);
  return value;
}

const TYPES = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    const { INT8, NUMERIC } = pg.types.builtins;
    if ((oid === INT8 || oid === NUMERIC) && format !== 'binary') return wholeNumber;
    return pg.types.getTypeParser(oid, format as 'text');
  },
} as unknown as pg.CustomTypesConfig;

/**
 * Runs `work` on a snapshot of all databases: one REPEATABLE READ, READ ONLY transaction each, begun together. They are not one
 * moment: between databases, what is on its way may be seen on one side only (audit.ts looks again before it believes such a thing).
 */
export async function withSnapshot<T>(
  stores: StoreUrls,
  o: { lateMs: number; note: (text: string) => void },
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const clients = new Map<DatabaseName, pg.Client>();
  try {
    await Promise.all(
      DATABASES.map(async (name) => {
        const client = new pg.Client({
          connectionString: stores.databases[name],
          application_name: 'souk-audit',
          connectionTimeoutMillis: 10_000,
          types: TYPES,
        });
        // A connection that is lost rejects the statement under way; without a listener it would end the process.
        client.on('error', () => undefined);
        await client.connect();
        clients.set(name, client);
        // Sorting whole tables takes longer than any request may.
        await client.query("SET statement_timeout = '15min'; SET idle_in_transaction_session_timeout = '1h'");
      }),
    );
    const each = [...clients.values()];
    await Promise.all(each.map((client) => client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')));
    // The snapshot is taken by the first statement, not by BEGIN.
    await Promise.all(each.map((client) => client.query('SELECT 1')));
    return await work(snapshotOf(stores, clients, o));
  } finally {
    await Promise.allSettled([...clients.values()].map((client) => client.end()));
  }
}

function snapshotOf(
  stores: StoreUrls,
  clients: ReadonlyMap<DatabaseName, pg.Client>,
  o: { lateMs: number; note: (text: string) => void },
): Snapshot {
  const client = (name: DatabaseName): pg.Client => {
    const found = clients.get(name);
    if (found === undefined) throw new Error(`there is no connection to ${name}`);
    return found;
  };
  const computed = new Map<string, Promise<unknown>>();
  let cursors = 0;
  return {
    stores,
    lateMs: o.lateMs,
    note: o.note,
    once<T>(what: string, compute: () => Promise<T>): Promise<T> {
      const known = computed.get(what) ?? compute();
      computed.set(what, known);
      return known as Promise<T>;
    },
    async query<Row>(name: DatabaseName, text: string, params: readonly unknown[] = []) {
      return (await client(name).query(text, params as unknown[])).rows as Row[];
    },
    async *stream<Row>(name: DatabaseName, text: string, params: readonly unknown[] = []) {
      cursors += 1;
      const cursor = `audit_${cursors}`;
      await client(name).query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${text}`, params as unknown[]);
      for (;;) {
        const { rows } = await client(name).query(`FETCH ${PORTION} FROM ${cursor}`);
        yield* rows as Row[];
        if (rows.length < PORTION) break;
      }
      await client(name).query(`CLOSE ${cursor}`);
    },
  };
}
