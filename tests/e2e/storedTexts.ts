import { gunzipSync } from 'node:zlib';
import { MongoClient } from 'mongodb';
import pg from 'pg';
import { createClient } from 'redis';

const GZIP = Buffer.from([0x1f, 0x8b]);

/** The text of a value of any column: bytes as they are, and unpacked. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Buffer.isBuffer(value)) {
    return value.subarray(0, 2).equals(GZIP) ? gunzipSync(value).toString() : value.toString('latin1');
  }
  if (Array.isArray(value)) return value.map(textOf).join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Is told each text of a store, and where it stands. */
export type Look = (place: string, text: string) => unknown;

/** Every column of every row of every table: `order.orders.email`. */
export async function lookInDatabases(env: Readonly<Record<string, string>>, look: Look): Promise<void> {
  for (const [variable, connectionString] of Object.entries(env)) {
    if (!variable.startsWith('DATABASE_URL_')) continue;
    const service = variable.slice('DATABASE_URL_'.length).toLowerCase();
    const client = new pg.Client({ connectionString });
    await client.connect();
    try {
      const { rows: tables } = await client.query<{ name: string }>(
        `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
      );
      for (const { name } of tables) {
        const { rows } = await client.query<Record<string, unknown>>(`SELECT * FROM "${name}"`);
        for (const row of rows) {
          for (const [column, value] of Object.entries(row)) look(`${service}.${name}.${column}`, textOf(value));
        }
      }
    } finally {
      await client.end();
    }
  }
}

/** Every key with what it holds, whatever its type: `redis: <key>`. */
export async function lookInRedis(env: Readonly<Record<string, string>>, look: Look): Promise<void> {
  const client = openRedis(env.REDIS_URL as string);
  await client.connect();
  try {
    for await (const keys of client.scanIterator({ COUNT: 500 })) {
      for (const key of keys) look(`redis: ${key}`, `${key} ${await contentOf(client, key)}`);
    }
  } finally {
    client.destroy();
  }
}

const openRedis = (url: string) => createClient({ url });

async function contentOf(client: ReturnType<typeof openRedis>, key: string): Promise<string> {
  switch (await client.type(key)) {
    case 'string':
      return (await client.get(key)) ?? '';
    case 'hash':
      return JSON.stringify(await client.hGetAll(key));
    case 'list':
      return JSON.stringify(await client.lRange(key, 0, -1));
    case 'set':
      return JSON.stringify(await client.sMembers(key));
    case 'zset':
      return JSON.stringify(await client.zRange(key, 0, -1));
    case 'stream':
      return JSON.stringify(await client.xRange(key, '-', '+'));
    default:
      return '';
  }
}

/** Every document: `catalogue: <collection>`. */
export async function lookInCatalogue(env: Readonly<Record<string, string>>, look: Look): Promise<void> {
  const client = await new MongoClient(env.MONGODB_URL as string).connect();
  try {
    for (const { name } of await client.db().listCollections({}, { nameOnly: true }).toArray()) {
      for await (const document of client.db().collection(name).find())
        look(`catalogue: ${name}`, JSON.stringify(document));
    }
  } finally {
    await client.close();
  }
}
