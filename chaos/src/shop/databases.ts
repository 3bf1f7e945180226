import pg from 'pg';

const NAMES = ['order', 'payment', 'product', 'cart', 'notification'] as const;
export type DatabaseName = (typeof NAMES)[number];

/** The services' databases, to look at them from outside. */
export interface Databases {
  query<Row extends pg.QueryResultRow>(
    database: DatabaseName,
    text: string,
    values?: readonly unknown[],
  ): Promise<Row[]>;
  close(): Promise<void>;
}

/** Opens one small pool per database; connections that break are made anew. */
export function openDatabases(env: Readonly<Record<string, string>>): Databases {
  const pools = new Map(
    NAMES.map((name) => {
      const connectionString = env[`DATABASE_URL_${name.toUpperCase()}`];
      const pool = new pg.Pool({ connectionString, max: 2, connectionTimeoutMillis: 5_000 });
      pool.on('error', () => undefined);
      return [name, pool] as const;
    }),
  );
  return {
    async query<Row extends pg.QueryResultRow>(database: DatabaseName, text: string, values: readonly unknown[] = []) {
      const pool = pools.get(database);
      if (pool === undefined) throw new Error(`there is no database ${database}`);
      return (await pool.query<Row>(text, values as unknown[])).rows;
    },
    close: async () => void (await Promise.all([...pools.values()].map((pool) => pool.end()))),
  };
}
