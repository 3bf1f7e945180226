import { randomBytes } from 'node:crypto';
import { type Database, openDatabase, sql } from '@souk/postgres';
import { createLogger, newId, ServiceUnavailable, type Viewer } from '@souk/runtime';
import { createTestDatabase } from '@souk/testkit';
import { createCarefulCommits } from '../adapters/carefulCommits.postgres.js';
import { createCarrierWebhook } from '../adapters/carrier.webhook.js';
import { createCarrierEvents } from '../adapters/carrierEvents.postgres.js';
import { createDraftStore } from '../adapters/draftStore.postgres.js';
import { createEditStore } from '../adapters/editStore.postgres.js';
import { createExportStore } from '../adapters/exportStore.postgres.js';
import { createGuestClaims } from '../adapters/guestClaims.postgres.js';
import { createGuestLookup } from '../adapters/guestLookup.postgres.js';
import { createOrderList } from '../adapters/orderList.prisma.js';
import { createOrderStore } from '../adapters/orderStore.postgres.js';
import { createPersonalData } from '../adapters/personalData.postgres.js';
import { createPlacementStore } from '../adapters/placementStore.postgres.js';
import { createWholeOrders } from '../adapters/wholeOrders.postgres.js';
import type { Numbering } from '../app/draftPorts.js';
import { followOrders } from '../app/followOrders.js';
import { createApp } from '../app/index.js';
import type { PlaceOrderCommand } from '../app/placeOrder.js';
import type { CartPort, CheckoutAnswer, ReserveAnswer, StockPort } from '../app/ports.js';
import type { CheckedOutCart } from '../domain/decidePlacement.js';
import { PrismaClient } from '../generated/prisma/client.js';
import { fakeArticles, fakeExchangeStock } from './fakeExchange.js';
import { fakeQuotes, fakeRefills } from './fakeQuotes.js';
import { checkedOutCart } from './samples.js';

export const CARRIER_SECRET = 'a-secret-of-the-carrier';

export const GUEST: Viewer = { kind: 'anonymous' };
export const user = (userId: string, scopes: string[] = []): Viewer => ({
  kind: 'user',
  userId,
  sessionId: 'ses_1',
  roles: [],
  scopes,
});

/** A cart service in memory that keeps its promises: idempotent by order, and a release stops a later checkout. */
export function fakeCart() {
  const locked = new Map<string, string>();
  const released = new Set<string>();
  const state = { cart: checkedOutCart(), answer: undefined as CheckoutAnswer | undefined, checkouts: 0 };
  const port: CartPort = {
    async checkout({ cartId, orderId, viewerUserId }) {
      state.checkouts += 1;
      if (released.has(orderId)) return { kind: 'UNAVAILABLE' };
      if (state.answer !== undefined) return state.answer;
      const holder = locked.get(cartId);
      if (holder !== undefined && holder !== orderId) {
        return { kind: 'REFUSED', refusals: [{ code: 'CONFLICT', message: 'ordered already' }] };
      }
      locked.set(cartId, orderId);
      const cart: CheckedOutCart = { ...state.cart, cartId, customerId: viewerUserId };
      return { kind: 'LOCKED', cart };
    },
    async release(orderId) {
      released.add(orderId);
      for (const [cartId, holder] of locked) if (holder === orderId) locked.delete(cartId);
    },
  };
  return { port, state, lockedBy: (cartId: string) => locked.get(cartId), released };
}

/** A stock service in memory, with the same promises. */
export function fakeStock() {
  const reserved = new Set<string>();
  const sold = new Set<string>();
  const released = new Set<string>();
  const extended = new Map<string, Date>();
  const state = {
    answer: undefined as ReserveAnswer | undefined,
    sellable: true,
    /** What was reserved is not held any more. */
    gone: false,
    onExtend: undefined as (() => Promise<void>) | undefined,
    /** What happens while a reservation is on its way. */
    onReserve: undefined as (() => Promise<void>) | undefined,
  };
  const port: StockPort = {
    async reserve(orderId) {
      await state.onReserve?.();
      if (released.has(orderId)) return { kind: 'CONTRADICTED' };
      if (state.answer !== undefined) return state.answer;
      reserved.add(orderId);
      return { kind: 'RESERVED' };
    },
    async release(orderId) {
      released.add(orderId);
      reserved.delete(orderId);
    },
    async extend(stockIds, expiresAt) {
      await state.onExtend?.();
      if (state.gone) return 'GONE';
      for (const id of stockIds) extended.set(id, expiresAt);
      return 'HELD';
    },
    async sell(stockIds) {
      if (!state.sellable) return 'SHORT';
      for (const id of stockIds) sold.add(id);
      return 'SOLD';
    },
  };
  return { port, state, reserved, sold, released, extended };
}

/** Makes a port fail like a service that cannot be reached. `after` lets the call act first: its answer is lost. */
export function failing<P extends object>(port: P) {
  const armed = new Map<keyof P, { times: number; after: boolean }>();
  const proxy = new Proxy(port, {
    get(target, name) {
      const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        const fault = armed.get(name as keyof P);
        if (fault === undefined || fault.times === 0) return method.apply(target, args);
        fault.times -= 1;
        if (fault.after) await method.apply(target, args);
        throw new ServiceUnavailable('product', 'armed by the test');
      };
    },
  });
  return {
    port: proxy,
    fail(name: keyof P, o: { times?: number; after?: boolean } = {}) {
      armed.set(name, { times: o.times ?? 1, after: o.after ?? false });
    },
  };
}

/** The order service's use cases on a real database of their own, with fake neighbours. */
export async function orderHarness(o: { numbering?: Numbering } = {}) {
  const testDatabase = await createTestDatabase('order');
  const logger = createLogger('order', 'silent');
  const database = openDatabase({ url: testDatabase.url, service: 'order', logger });
  const cart = fakeCart();
  const stock = fakeStock();
  const cartFaults = failing(cart.port);
  const stockFaults = failing(stock.port);
  const quotes = fakeQuotes();
  const quoteFaults = failing(quotes.port);
  const refills = fakeRefills();
  const exchange = fakeExchangeStock();
  const exchangeFaults = failing(exchange.port);
  const articles = fakeArticles();
  const articleFaults = failing(articles.port);
  const time = { offsetMs: 0 };
  /** Confirmed addresses, by account. */
  const verified = new Map<string, string>();
  const accountFaults = failing({ verifiedEmail: async (userId: string) => verified.get(userId) ?? null });
  const exported: object[] = [];
  const placements = createPlacementStore(database);
  const placementFaults = failing(placements);
  const following = followOrders();
  const app = createApp({
    orders: following.watch(createOrderStore(database)),
    following,
    edits: createEditStore(database),
    quotes: quoteFaults.port,
    refills: refills.port,
    draftStore: createDraftStore(database),
    exports: createExportStore(database),
    commits: createCarefulCommits(database),
    ...(o.numbering === undefined ? {} : { numbering: o.numbering }),
    draftPaymentWindowMs: 7 * 86_400_000,
    whole: createWholeOrders(database),
    exchangeStock: exchangeFaults.port,
    articles: (ids) => articleFaults.port.find(ids),
    carriers: new Map([['dhl', createCarrierWebhook(CARRIER_SECRET)]]),
    carrierEvents: createCarrierEvents(database),
    placements: placementFaults.port,
    lookup: createGuestLookup(database),
    claims: createGuestClaims(database),
    accounts: accountFaults.port,
    personalData: createPersonalData(database),
    wakeErasing: () => undefined,
    deliverExportPart: async (_exportId, read) => void exported.push(await read(100)),
    list: createOrderList(new PrismaClient({ adapter: database.prismaAdapter() })),
    cart: cartFaults.port,
    stock: stockFaults.port,
    clock: () => new Date(Date.now() + time.offsetMs),
    randomBytes,
    paymentWindowMs: 1_800_000,
    editWindowMs: 86_400_000,
    patienceMs: 1_000,
    returnWindowMs: 30 * 86_400_000,
    exchangeHoldMs: 14 * 86_400_000,
    logger,
  });
  return {
    app,
    database,
    exported,
    cart,
    stock,
    quotes,
    refills,
    exchange,
    articles,
    verified,
    time,
    fail: {
      quotes: quoteFaults.fail,
      exchange: exchangeFaults.fail,
      articles: articleFaults.fail,
      accounts: accountFaults.fail,
      cart: cartFaults.fail,
      stock: stockFaults.fail,
      placements: placementFaults.fail,
    },
    command: (parts: Partial<PlaceOrderCommand> = {}): PlaceOrderCommand => ({
      cartId: newId('crt'),
      cartVersion: 3,
      expectedTotal: { centAmount: 4_550, currencyCode: 'EUR' },
      idempotencyKey: newId('req'),
      locale: 'en',
      ...parts,
    }),
    /** As if every running lease and payment window had ended. */
    async endLeases() {
      await database.query(endLeases);
    },
    async makeOverdue(orderId: string) {
      await database.query(makeOverdue, [orderId]);
    },
    placement: async (key: string) => (await database.query(placementOf, [key]))[0],
    events: async (aggregateId: string) => (await database.query(eventsOf, [aggregateId])).map((row) => row.type),
    counts: async () => (await database.query(counts))[0],
    async close() {
      await database.close();
      await testDatabase.close();
    },
  };
}

const endLeases = sql('test.endLeases', `UPDATE placement SET lease_until = now() - interval '1 second'`);
const makeOverdue = sql(
  'test.makeOverdue',
  `UPDATE orders SET payment_due_at = now() - interval '1 second' WHERE id = $1`,
);
const placementOf = sql<{ step: string; order_id: string; attempts: number }>(
  'test.placementOf',
  `SELECT step, order_id, attempts FROM placement WHERE key = $1`,
);
const eventsOf = sql<{ type: string }>(
  'test.eventsOf',
  `SELECT type FROM outbox_event WHERE aggregate_id = $1 ORDER BY sequence, id`,
);
const counts = sql<{ orders: number; lines: number; timeline: number; events: number }>(
  'test.counts',
  `SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM order_line) AS lines,
     (SELECT count(*) FROM order_event) AS timeline, (SELECT count(*) FROM outbox_event) AS events`,
);

export type OrderHarness = Awaited<ReturnType<typeof orderHarness>>;
export type { Database };
