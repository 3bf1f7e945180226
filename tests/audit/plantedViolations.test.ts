import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditResult, audit } from '@souk/audit/audit';
import { invariants } from '@souk/audit/invariants/index';
import { type StoreUrls, storesFrom } from '@souk/audit/stores';
import pg from 'pg';
import { parkDelivery } from './parkDelivery.js';
import { plants } from './plantedViolations.js';
import { type SmallShop, smallShop } from './smallShop.js';

let dataDir: string;
let shop: SmallShop;
let stores: StoreUrls;
let admin: pg.Client;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'souk-audit-'));
  shop = await smallShop(dataDir);
  stores = storesFrom(shop.env);
  admin = new pg.Client({ connectionString: shop.adminUrl });
  await admin.connect();
}, 180_000);
afterAll(async () => {
  await admin?.end();
  await shop?.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

const LOOK_ONCE = { lateMs: 30_000, confirmMs: 0 };
const violated = (result: AuditResult) => [...new Set(result.violations.map(({ invariant }) => invariant))].sort();

test('a shop that has sold, lapsed, cancelled and refunded holds every invariant, and each has compared rows', async () => {
  const result = await audit(stores, LOOK_ONCE);
  expect(result.violations).toEqual([]);
  expect(result.notes).toEqual([]);
  const mayBeEmpty = ['no-parked-deliveries', 'no-overdue-orders'];
  const idle = result.invariants.filter(({ name, rows }) => rows === 0 && !mayBeEmpty.includes(name));
  expect(idle.map(({ name }) => name)).toEqual([]);
});

/** Plants in a copy of the database, audits with the copy in its place, and drops it. */
async function withPlanted<T>(
  database: keyof StoreUrls['databases'],
  sql: readonly string[],
  work: (stores: StoreUrls) => Promise<T>,
) {
  const copy = `planted_${database}`;
  await admin.query(`CREATE DATABASE ${copy} TEMPLATE souk_${database}`);
  try {
    const url = new URL(shop.adminUrl);
    url.pathname = `/${copy}`;
    const planter = new pg.Client({ connectionString: url.href });
    await planter.connect();
    for (const statement of sql) await planter.query(statement);
    await planter.end();
    return await work({ ...stores, databases: { ...stores.databases, [database]: url.href } });
  } finally {
    await admin.query(`DROP DATABASE ${copy} WITH (FORCE)`);
  }
}

describe('a planted violation is found, by its invariant and no other', () => {
  test.each(plants.map((plant) => [plant.invariant, plant] as const))('%s', async (invariant, plant) => {
    const result = await withPlanted(plant.database, plant.sql, (planted) => audit(planted, LOOK_ONCE));
    expect(violated(result)).toEqual([invariant, ...(plant.also ?? [])].sort());
  });

  test('no-parked-deliveries', async () => {
    const free = await parkDelivery(stores.redis as string);
    try {
      expect(violated(await audit(stores, LOOK_ONCE))).toEqual(['no-parked-deliveries']);
    } finally {
      await free();
    }
  });

  test('every invariant has a plant', () => {
    const planted = new Set([...plants.map(({ invariant }) => invariant), 'no-parked-deliveries']);
    expect(invariants.filter(({ name }) => !planted.has(name)).map(({ name }) => name)).toEqual([]);
  });
});

test('what an event on its way will put right is no violation', async () => {
  const { sql, database } = plants.find(
    ({ invariant }) => invariant === 'orders-paid-in-full',
  ) as (typeof plants)[number];
  const onItsWay = `UPDATE outbox_event SET settled_at = NULL, pending = '{product}', occurred_at = now()
    WHERE aggregate_id = (SELECT id FROM orders WHERE status = 'CONFIRMED' ORDER BY id LIMIT 1) AND type = 'order.confirmed'`;
  const result = await withPlanted(database, [...sql, onItsWay], (planted) => audit(planted, LOOK_ONCE));
  expect(result.violations).toEqual([]);
});

test('what is put right while it is looked at again is no violation', async () => {
  const { sql, database } = plants.find(
    ({ invariant }) => invariant === 'coupons-within-limits',
  ) as (typeof plants)[number];
  await withPlanted(database, sql, async (planted) => {
    const running = audit(planted, { lateMs: 30_000, confirmMs: 1_500, pauseMs: 700 });
    const mender = new pg.Client({ connectionString: planted.databases[database] });
    await mender.connect();
    await new Promise((resolve) => setTimeout(resolve, 600));
    await mender.query('UPDATE promotion SET times_used = times_used - 1');
    await mender.end();
    expect((await running).violations).toEqual([]);
  });
});
