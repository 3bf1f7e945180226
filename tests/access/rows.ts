import { MongoClient } from 'mongodb';
import pg from 'pg';
import type { Shop } from '../e2e/shop.js';

const COLLECTIONS = ['products', 'categories'];
/** Rows that a refusal may leave: that somebody's attempt was refused is remembered for his key, so that it stays so. */
const REMEMBERED: Readonly<Record<string, string>> = { 'order.placement': `AND t.step <> 'REFUSED'` };

/**
 * A digest per table and collection of every row in any of the shop's databases that mentions one of these words: ids, or text
 * that only these tests write. What other tests do meanwhile does not show in it.
 */
export async function rowsThatMention(shop: Shop, words: readonly string[]): Promise<Record<string, string>> {
  const found = await Promise.all([
    ...databasesOf(shop).map(([service, url]) => withClient(url, (client) => tablesOf(service, client, words))),
    collectionsOf(String(shop.env.MONGODB_URL), words),
  ]);
  return Object.fromEntries(found.flat());
}

/** How many events about any of these words some consumer has not confirmed yet. */
export async function unsettledEvents(shop: Shop, words: readonly string[]): Promise<number> {
  const open = await Promise.all(
    databasesOf(shop).map(([, url]) =>
      withClient(url, async (client) => {
        const { rows } = await client.query<{ open: number }>(
          'SELECT count(*)::int AS open FROM outbox_event o WHERE settled_at IS NULL AND o::text ~ $1',
          [words.join('|')],
        );
        return Number(rows[0]?.open);
      }),
    ),
  );
  return open.reduce((sum, one) => sum + one, 0);
}

/** The shop's databases by the service that owns them. */
const databasesOf = (shop: Shop): [service: string, url: string][] =>
  Object.entries(shop.env)
    .filter(([name]) => name.startsWith('DATABASE_URL_'))
    .map(([name, url]) => [name.slice('DATABASE_URL_'.length).toLowerCase(), url]);

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

type Digest = [table: string, digest: string];

async function tablesOf(service: string, client: pg.Client, words: readonly string[]): Promise<Digest[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY 1`,
  );
  const digests = tables.map(
    ({
      name,
    }) => `SELECT '${name}' AS name, count(*)::int AS rows, md5(string_agg(digest, '' ORDER BY digest)) AS digest
      FROM (SELECT md5(t::text) AS digest FROM "${name}" t
        WHERE t::text ~ $1 ${REMEMBERED[`${service}.${name}`] ?? ''}) mentions`,
  );
  const { rows } = await client.query<{ name: string; rows: number; digest: string | null }>(
    digests.join(' UNION ALL '),
    [words.join('|')],
  );
  return rows.map(({ name, rows: count, digest }) => [`${service}.${name}`, `${count} rows ${digest ?? ''}`]);
}

async function collectionsOf(url: string, words: readonly string[]): Promise<Digest[]> {
  const client = await new MongoClient(url).connect();
  try {
    return await Promise.all(
      COLLECTIONS.map(async (name): Promise<Digest> => {
        const documents = (await client.db().collection(name).find({}).toArray()).map((one) => JSON.stringify(one));
        const mentions = documents.filter((text) => words.some((word) => text.includes(word))).sort();
        return [`catalogue.${name}`, mentions.join('\n')];
      }),
    );
  } finally {
    await client.close();
  }
}
