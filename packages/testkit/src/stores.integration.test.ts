import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MongoClient } from 'mongodb';
import pg from 'pg';
import { createClient } from 'redis';
import { createTestDatabase, createTestDocumentStore, createTestRedis, type TestDatabase } from './stores.js';

describe('test stores', () => {
  let order: TestDatabase;
  let again: TestDatabase;

  beforeAll(async () => {
    [order, again] = await Promise.all([createTestDatabase('order'), createTestDatabase('order')]);
  });
  afterAll(async () => {
    await Promise.all([order?.close(), again?.close()]);
  });

  const query = async <T extends pg.QueryResultRow>(url: string, text: string): Promise<T[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<T>(text)).rows;
    } finally {
      await client.end();
    }
  };

  test('each test file has a migrated database of its own', async () => {
    expect(order.url).not.toBe(again.url);
    await query(order.url, 'CREATE TABLE only_here (id int)');
    expect(await query(again.url, `SELECT to_regclass('only_here') AS found`)).toEqual([{ found: null }]);
    const [row] = await query<{ count: number }>(again.url, 'SELECT count(*)::int AS count FROM _prisma_migrations');
    expect(row?.count).toBeGreaterThan(0);
  });

  test("a service's role is no superuser and cannot connect to a database of another service", async () => {
    expect(await query(order.url, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toEqual([
      { rolsuper: false },
    ]);
    const payment = await createTestDatabase('payment');
    const foreign = new URL(order.url);
    foreign.pathname = new URL(payment.url).pathname;
    await expect(query(foreign.href, 'SELECT 1')).rejects.toMatchObject({ code: '42501' });
    await payment.close();
  });

  test('a dropped database is gone', async () => {
    const cart = await createTestDatabase('order');
    await cart.close();
    await expect(query(cart.url, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
  });

  test('two Redis databases do not see each other', async () => {
    const [one, two] = await Promise.all([createTestRedis(), createTestRedis()]);
    const [first, second] = [createClient({ url: one.url }), createClient({ url: two.url })];
    await Promise.all([first.connect(), second.connect()]);
    await first.set('key', 'value');
    expect(await second.get('key')).toBeNull();
    await one.close();
    expect(await first.get('key')).toBeNull();
    first.destroy();
    second.destroy();
    await two.close();
  });

  test('two document databases do not see each other, and a closed one is dropped', async () => {
    const [one, two] = await Promise.all([createTestDocumentStore(), createTestDocumentStore()]);
    const [first, second] = await Promise.all([MongoClient.connect(one.url), MongoClient.connect(two.url)]);
    await first.db().collection('products').insertOne({ name: 'shirt' });
    expect(await second.db().collection('products').countDocuments()).toBe(0);
    await one.close();
    expect(await first.db().collection('products').countDocuments()).toBe(0);
    await Promise.all([first.close(), second.close(), two.close()]);
  });
});
