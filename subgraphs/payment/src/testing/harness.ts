import { openDatabase, sql } from '@souk/postgres';
import { createLogger, newId, ServiceUnavailable, type Viewer } from '@souk/runtime';
import { createTestDatabase } from '@souk/testkit';
import { createPaymentList } from '../adapters/paymentList.prisma.js';
import { createPaymentStore } from '../adapters/paymentStore.postgres.js';
import { createWebhookStore } from '../adapters/webhookStore.postgres.js';
import { createApp } from '../app/index.js';
import type { OrderForPayment, PaymentProvider } from '../app/ports.js';
import { PrismaClient } from '../generated/prisma/client.js';
import { fakeProvider } from './fakeProvider.js';

export const GUEST: Viewer = { kind: 'anonymous' };
export const user = (userId: string, scopes: string[] = []): Viewer => ({
  kind: 'user',
  userId,
  sessionId: 'ses_1',
  roles: [],
  scopes,
});
export const STAFF = user('usr_staff', ['payments:read', 'payments:write']);

/** The payment service's use cases on a real database of their own, with a provider and an order service in memory. */
export async function paymentHarness(options: { provider?: PaymentProvider } = {}) {
  const testDatabase = await createTestDatabase('payment');
  const logger = createLogger('payment', 'silent');
  const database = openDatabase({ url: testDatabase.url, service: 'payment', logger });
  const orders = new Map<string, OrderForPayment>();
  const state = { ordersDown: false, settlingWoken: 0, offsetMs: 0 };
  const stripe = fakeProvider();
  const provider = options.provider ?? stripe.port;
  const app = createApp({
    payments: createPaymentStore(database),
    webhooks: createWebhookStore(database, new PrismaClient({ adapter: database.prismaAdapter() })),
    list: createPaymentList(new PrismaClient({ adapter: database.prismaAdapter() })),
    orders: {
      async forPayment(id) {
        if (state.ordersDown) throw new ServiceUnavailable('order', 'armed by the test');
        return orders.get(id) ?? null;
      },
    },
    providers: new Map([[provider.code, provider]]),
    clock: () => new Date(Date.now() + state.offsetMs),
    logger,
    reconcileAfterMs: 60_000,
    wakeSettling: () => {
      state.settlingWoken += 1;
    },
  });
  return {
    app,
    database,
    stripe,
    orders,
    state,
    order(parts: Partial<OrderForPayment> = {}): OrderForPayment {
      const order: OrderForPayment = {
        id: newId('ord'),
        number: '261122-AAAAAAAA',
        status: 'PENDING_PAYMENT',
        currencyCode: 'EUR',
        totalCentAmount: 4_550,
        customerId: null,
        paymentDueAt: new Date(Date.now() + 1_800_000),
        payable: true,
        ...parts,
      };
      orders.set(order.id, order);
      return order;
    },
    session: (orderId: string, viewer: Viewer = GUEST, idempotencyKey: string = newId('req')) =>
      app.openSession(viewer, { orderId, provider: provider.code, idempotencyKey }),
    /** As if the time of every sweeper had come. */
    async makeDue() {
      await database.query(duePayments);
      await database.query(dueRefunds);
      await database.query(dueWebhooks);
    },
    payment: async (orderId: string) => (await app.findOrderPayments(STAFF, [orderId], true))[0]?.[0],
    events: async (aggregateId: string) => (await database.query(eventsOf, [aggregateId])).map((row) => row.type),
    ledger: async (paymentId: string) =>
      Object.fromEntries((await database.query(ledgerOf, [paymentId])).map((row) => [row.account, row.balance])),
    webhooks: async () => await database.query(webhookCounts),
    async close() {
      await app.finishWebhooks();
      await database.close();
      await testDatabase.close();
    },
  };
}

const duePayments = sql('test.duePayments', `UPDATE payment SET reconcile_at = now() WHERE reconcile_at IS NOT NULL`);
const dueRefunds = sql('test.dueRefunds', `UPDATE refund SET attempt_at = now() WHERE attempt_at IS NOT NULL`);
const dueWebhooks = sql('test.dueWebhooks', `UPDATE webhook_event SET attempt_at = now() WHERE attempt_at IS NOT NULL`);
const eventsOf = sql<{ type: string }>(
  'test.eventsOf',
  `SELECT type FROM outbox_event WHERE aggregate_id = $1 ORDER BY sequence, id`,
);
const ledgerOf = sql<{ account: string; balance: number }>(
  'test.ledgerOf',
  `SELECT account, sum(amount_cents)::bigint AS balance FROM ledger_entry WHERE payment_id = $1 GROUP BY account ORDER BY account`,
);
const webhookCounts = sql<{ status: string; type: string }>(
  'test.webhookCounts',
  `SELECT status, type FROM webhook_event ORDER BY received_at, id`,
);

export type PaymentHarness = Awaited<ReturnType<typeof paymentHarness>>;
