import { openDatabase, sql } from '@souk/postgres';
import { createLogger, newId, ServiceUnavailable } from '@souk/runtime';
import { createTestDatabase } from '@souk/testkit';
import { createDocumentStore } from '../adapters/documents/documentStore.postgres.js';
import { renderHtml } from '../adapters/documents/renderHtml.js';
import { renderPdf } from '../adapters/documents/renderPdf.pdfkit.js';
import { createDocumentApp } from '../app/documents/documentApp.js';
import type { OrderForInvoice } from '../domain/documents/invoice.js';
import { orderToInvoice, SELLER } from './documentSamples.js';

/** Documents on a real database of their own, with orders in memory and the ledger booked by hand. */
export async function documentHarness() {
  const testDatabase = await createTestDatabase('payment');
  const logger = createLogger('payment', 'silent');
  const database = openDatabase({ url: testDatabase.url, service: 'payment', logger });
  const orders = new Map<string, OrderForInvoice>();
  const state = { ordersDown: false, now: new Date('2026-11-22T12:00:00.000Z'), rendered: 0 };

  /** The documents' use cases as another process has them, over these connections. */
  const appOn = (on: typeof database) =>
    createDocumentApp({
      documents: createDocumentStore(on),
      invoiceOrders: {
        async forInvoice(ids) {
          if (state.ordersDown) throw new ServiceUnavailable('order', 'armed by the test');
          return ids.map((id) => orders.get(id) ?? null);
        },
      },
      providers: new Map(),
      renderers: {
        PDF: (document) => {
          state.rendered += 1;
          return renderPdf(document);
        },
        HTML: renderHtml,
      },
      seller: SELLER,
      numberPrefix: 'SOUK',
      linkSecret: 'a'.repeat(64),
      publicUrl: 'http://localhost:4000',
      clock: () => state.now,
      logger,
    });

  const app = appOn(database);
  const store = createDocumentStore(database);
  return {
    app,
    store,
    appOn,
    database,
    url: testDatabase.url,
    adminUrl: testDatabase.adminUrl,
    orders,
    state,
    logger,
    order(parts: Partial<OrderForInvoice> = {}): OrderForInvoice {
      const order = orderToInvoice({ id: newId('ord'), ...parts });
      orders.set(order.id, order);
      return order;
    },
    /** As if order had published that it is confirmed. */
    confirmed: (orderId: string) =>
      app.requestInvoice({ id: newId('evt'), data: { orderId } } as Parameters<typeof app.requestInvoice>[0]),
    /** As if order had published that an edit made it dearer, or (negative) cheaper; `version` is the order's with the edit. */
    edited: (orderId: string, addedCents: number, version: number, editId: string = newId('oed')) =>
      app.followEditInDocuments({
        id: newId('evt'),
        sequence: version,
        data: { orderId, editId, totalCentAmount: 10_000 + addedCents, previousTotalCentAmount: 10_000 },
      } as Parameters<typeof app.followEditInDocuments>[0]),
    /** As if order had published that it was cancelled. */
    cancelled: (orderId: string) =>
      app.followCancellationInDocuments({ id: newId('evt'), data: { orderId } } as Parameters<
        typeof app.followCancellationInDocuments
      >[0]),
    /** Books money of an order as the payments do; positive came in, negative went back. */
    async moved(orderId: string, cents: number, purposeId = orderId): Promise<string> {
      const [payment] = await database.query(paymentOf, [newId('pay'), orderId, purposeId, `pi_${purposeId}`]);
      if (payment === undefined) throw new Error('no payment was made');
      const refundId = cents < 0 ? newId('ref') : null;
      if (refundId !== null) await database.query(refundOf, [refundId, payment.id, -cents]);
      const transaction = refundId === null ? `capture:${payment.id}` : `refund:${refundId}`;
      await database.query(book, [newId('led'), newId('led'), transaction, payment.id, refundId, cents]);
      return transaction;
    },
    /** A refund that had succeeded comes back. */
    async bounced(transaction: string): Promise<void> {
      const refundId = transaction.replace('refund:', '');
      await database.query(bounce, [newId('led'), newId('led'), `refund-reversal:${refundId}`, transaction, refundId]);
    },
    /** Issues everything that is due, as if every wait were over. */
    async issueAll(): Promise<void> {
      for (let round = 0; round < 8; round += 1) {
        await database.query(makeDue);
        await app.issueDocuments();
      }
    },
    documents: (orderId: string) => store.byOrderIds([orderId]),
    numbers: async () => (await database.query(numbers)).map((row) => row.number),
    requests: () => database.query(requests),
    async close() {
      await database.close();
      await testDatabase.close();
    },
  };
}

const paymentOf = sql<{ id: string }>(
  'test.paymentOf',
  `WITH made AS (
     INSERT INTO payment (id, order_id, purpose_id, order_number, provider, state, currency_code, amount_cents, authorized_cents,
       captured_cents, provider_reference, payable_until)
     SELECT $1, $2, $3, 'N', 'stripe', 'CAPTURED', 'EUR', 1, 1, 1, $4, now()
     WHERE NOT EXISTS (SELECT 1 FROM payment WHERE purpose_id = $3) RETURNING id)
   SELECT id FROM made UNION ALL SELECT id FROM payment WHERE purpose_id = $3 LIMIT 1`,
);
const refundOf = sql(
  'test.refundOf',
  `INSERT INTO refund (id, payment_id, currency_code, amount_cents, state, initiated_by, provider)
   VALUES ($1, $2, 'EUR', $3, 'SUCCEEDED', 'STAFF', 'stripe')`,
);
const book = sql(
  'test.book',
  `INSERT INTO ledger_entry (id, transaction_id, payment_id, refund_id, account, currency_code, amount_cents)
   VALUES ($1, $3, $4, $5, 'provider:stripe', 'EUR', $6::bigint), ($2, $3, $4, $5, 'orders', 'EUR', -$6::bigint)`,
);
const bounce = sql(
  'test.bounce',
  `INSERT INTO ledger_entry (id, transaction_id, payment_id, refund_id, account, currency_code, amount_cents)
   SELECT CASE WHEN account = 'orders' THEN $1 ELSE $2 END, $3, payment_id, $5, account, currency_code, -amount_cents
   FROM ledger_entry WHERE transaction_id = $4`,
);
const makeDue = sql(
  'test.documentsDue',
  `UPDATE document_request SET attempt_at = now() - interval '1 second' WHERE attempt_at IS NOT NULL`,
);
const numbers = sql<{ number: string }>('test.numbers', 'SELECT number FROM payment_document ORDER BY number');
const requests = sql<{
  source: string;
  attempt_at: Date | null;
  last_error: string | null;
  document_id: string | null;
}>('test.requests', 'SELECT source, attempt_at, last_error, document_id FROM document_request ORDER BY source');
