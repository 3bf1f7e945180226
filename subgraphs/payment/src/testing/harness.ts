import { openDatabase, sql } from '@souk/postgres';
import { createLogger, newId, ServiceUnavailable, type Viewer } from '@souk/runtime';
import { createTestDatabase } from '@souk/testkit';
import { createDocumentStore } from '../adapters/documents/documentStore.postgres.js';
import { renderHtml } from '../adapters/documents/renderHtml.js';
import { renderPdf } from '../adapters/documents/renderPdf.pdfkit.js';
import { createLedgerStore } from '../adapters/ledgerStore.postgres.js';
import { createMethodStore } from '../adapters/methodStore.postgres.js';
import { createOrderClaims } from '../adapters/orderClaims.postgres.js';
import { createPaymentList } from '../adapters/paymentList.prisma.js';
import { createPaymentStore } from '../adapters/paymentStore.postgres.js';
import { createPersonalData } from '../adapters/personalData.postgres.js';
import { createReconciliationStore } from '../adapters/reconciliation/reconciliationStore.postgres.js';
import { createWebhookStore } from '../adapters/webhookStore.postgres.js';
import { createApp } from '../app/index.js';
import type { OpenSessionCommand } from '../app/openSession.js';
import type { OrderForPayment, PaymentProvider } from '../app/ports.js';
import type { CaptureMethod } from '../domain/payment.js';
import { PrismaClient } from '../generated/prisma/client.js';
import { SELLER } from './documentSamples.js';
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
export async function paymentHarness(
  options: { provider?: PaymentProvider; captureMethod?: CaptureMethod; severalCaptures?: boolean } = {},
) {
  const testDatabase = await createTestDatabase('payment');
  const logger = createLogger('payment', 'silent');
  const database = openDatabase({ url: testDatabase.url, service: 'payment', logger });
  const orders = new Map<string, OrderForPayment>();
  const state = { ordersDown: false, settlingWoken: 0, removingWoken: 0, offsetMs: 0, exported: [] as object[] };
  const { captureMethod = 'AUTOMATIC', severalCaptures = false } = options;
  const stripe = fakeProvider({ captureMethod, severalCaptures });
  /** Another way to pay. */
  const other = fakeProvider({ code: 'other' });
  const provider = options.provider ?? stripe.port;
  const methods = createMethodStore(database);
  const app = createApp({
    payments: createPaymentStore(database),
    webhooks: createWebhookStore(database, new PrismaClient({ adapter: database.prismaAdapter() })),
    methods,
    claims: createOrderClaims(database),
    personalData: createPersonalData(database),
    deliverExportPart: async (_exportId, read) => void state.exported.push(await read(100)),
    list: createPaymentList(new PrismaClient({ adapter: database.prismaAdapter() })),
    orders: {
      async forPayment(id) {
        if (state.ordersDown) throw new ServiceUnavailable('order', 'armed by the test');
        return orders.get(id) ?? null;
      },
      async extendPaymentWindow(id, until) {
        if (state.ordersDown) throw new ServiceUnavailable('order', 'armed by the test');
        const order = orders.get(id);
        if (order?.payable !== true) return false;
        orders.set(id, { ...order, paymentDueAt: until });
        return true;
      },
    },
    ledger: createLedgerStore(database),
    reconciliation: createReconciliationStore(database),
    documents: createDocumentStore(database),
    invoiceOrders: { forInvoice: async (ids) => ids.map(() => null) },
    renderers: { PDF: renderPdf, HTML: renderHtml },
    seller: SELLER,
    numberPrefix: 'SOUK',
    linkSecret: 'a'.repeat(64),
    publicUrl: 'http://localhost:4000',
    providers: new Map([provider, other.port].map((one) => [one.code, one])),
    clock: () => new Date(Date.now() + state.offsetMs),
    logger,
    reconcileAfterMs: 60_000,
    reconciliationEveryMs: 900_000,
    reconciliationGraceMs: 3_600_000,
    wakeReconciling: () => undefined,
    keepMs: 90 * 86_400_000,
    returnOrigins: new Set(['https://shop.example']),
    wakeSettling: () => {
      state.settlingWoken += 1;
    },
    wakeRemoving: () => {
      state.removingWoken += 1;
    },
  });
  return {
    app,
    database,
    methods,
    stripe,
    other,
    orders,
    state,
    order(parts: Partial<OrderForPayment> = {}): OrderForPayment {
      const id = parts.id ?? newId('ord');
      const order: OrderForPayment = {
        id,
        purposeId: id,
        number: '261122-AAAAAAAA',
        status: 'PENDING_PAYMENT',
        currencyCode: 'EUR',
        dueCentAmount: 4_550,
        countryCode: 'DE',
        customerId: null,
        paymentDueAt: new Date(Date.now() + 1_800_000),
        payable: true,
        ...parts,
      };
      orders.set(order.id, order);
      return order;
    },
    session: (
      orderId: string,
      viewer: Viewer = GUEST,
      idempotencyKey: string = newId('req'),
      more: Partial<OpenSessionCommand> = {},
    ) =>
      app.openSession(viewer, {
        orderId,
        provider: provider.code,
        idempotencyKey,
        returnUrl: null,
        savePaymentMethod: false,
        paymentMethodId: null,
        ...more,
      }),
    /** As if the time of every sweeper had come. */
    async makeDue() {
      await database.query(duePayments);
      await database.query(dueRefunds);
      await database.query(dueWebhooks);
      await database.query(dueMethods);
    },
    payment: async (orderId: string) => (await app.findOrderPayments(STAFF, [orderId], true))[0]?.[0],
    events: async (aggregateId: string) => (await database.query(eventsOf, [aggregateId])).map((row) => row.type),
    ledger: async (paymentId: string) =>
      Object.fromEntries((await database.query(ledgerOf, [paymentId])).map((row) => [row.account, row.balance])),
    webhooks: async () => await database.query(webhookCounts),
    storedWebhooks: async () => await database.query(storedWebhooks),
    async close() {
      await app.finishWebhooks();
      await database.close();
      await testDatabase.close();
    },
  };
}

/** A second ago: the columns round to milliseconds, so that what is due now may be due half a millisecond later. */
const duePayments = sql(
  'test.duePayments',
  `UPDATE payment SET reconcile_at = now() - interval '1 second' WHERE reconcile_at IS NOT NULL`,
);
const dueRefunds = sql(
  'test.dueRefunds',
  `UPDATE refund SET attempt_at = now() - interval '1 second' WHERE attempt_at IS NOT NULL`,
);
const dueMethods = sql(
  'test.dueMethods',
  `UPDATE payment_method SET detach_at = now() - interval '1 second' WHERE detach_at IS NOT NULL`,
);
const dueWebhooks = sql(
  'test.dueWebhooks',
  `UPDATE webhook_event SET attempt_at = now() - interval '1 second' WHERE attempt_at IS NOT NULL`,
);
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

const storedWebhooks = sql<{ provider_event_id: string; payload: unknown }>(
  'test.storedWebhooks',
  `SELECT provider_event_id, payload FROM webhook_event`,
);

export type PaymentHarness = Awaited<ReturnType<typeof paymentHarness>>;
