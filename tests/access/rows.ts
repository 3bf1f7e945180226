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
  const databases = Object.entries(shop.env).filter(([name]) => name.startsWith('DATABASE_URL_'));
  const found = await Promise.all([
    ...databases.map(([name, url]) => tablesOf(name.slice('DATABASE_URL_'.length).toLowerCase(), url, words)),
    collectionsOf(String(shop.env.MONGODB_URL), words),
  ]);
  return Object.fromEntries(found.flat());
}

type Digest = [table: string, digest: string];

async function tablesOf(service: string, url: string, words: readonly string[]): Promise<Digest[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
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
  } finally {
    await client.end();
  }
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
