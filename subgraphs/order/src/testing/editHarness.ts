import { events, newEvent } from '@souk/events';
import { sql } from '@souk/postgres';
import type { EditOrderCommand } from '../app/editOrder.js';
import type { EditRequest } from '../domain/edit.js';
import { GUEST, type OrderHarness, orderHarness, user } from './harness.js';

export const STAFF = user('usr_staff', ['orders:read', 'orders:write']);

const published = sql<{ type: string; data: Record<string, unknown> }>(
  'test.published',
  `SELECT type, data FROM outbox_event WHERE aggregate_id = $1 ORDER BY sequence, type`,
);
const tables = sql<{ states: string[] | null; lines: number; timeline: number; events: number; version: number }>(
  'test.tables',
  `SELECT (SELECT array_agg(state ORDER BY created_at) FROM order_edit WHERE order_id = $1) AS states,
     (SELECT count(*) FROM order_line WHERE order_id = $1) AS lines, (SELECT count(*) FROM order_event WHERE order_id = $1) AS timeline,
     (SELECT count(*) FROM outbox_event WHERE aggregate_id = $1) AS events, (SELECT version FROM orders WHERE id = $1) AS version`,
);
const endLeases = sql('test.endEditLeases', `UPDATE order_edit SET lease_until = now() - interval '1 second'`);
const makeDue = sql('test.makeEditDue', `UPDATE order_edit SET due_at = now() - interval '1 second' WHERE id = $1`);

export const captured = (
  orderId: string,
  parts: { centAmount?: number; paymentId?: string; purposeId?: string } = {},
) =>
  newEvent(events.paymentCaptured, {
    aggregateId: parts.paymentId ?? 'pay_1',
    sequence: 2,
    data: {
      paymentId: parts.paymentId ?? 'pay_1',
      orderId,
      purposeId: parts.purposeId ?? orderId,
      centAmount: parts.centAmount ?? 4_550,
      currencyCode: 'EUR',
      provider: 'stripe',
      capturedAt: new Date().toISOString(),
    },
  });

export const command = (
  order: { id: string; version: number },
  request: Partial<EditRequest>,
  parts: Partial<EditOrderCommand> = {},
): EditOrderCommand => ({
  orderId: order.id,
  orderVersion: order.version,
  request: {
    addLines: [],
    setQuantities: [],
    shippingAddress: null,
    billingAddress: null,
    shippingMethodId: null,
    ...request,
  },
  note: null,
  dryRun: false,
  idempotencyKey: 'edit-key-1',
  ...parts,
});
const lineIds = (order: { lines?: readonly { id: string }[] | undefined }) => order.lines?.map(({ id }) => id) ?? [];
export const add = (quantity = 2) => ({ addLines: [{ variantId: 'var_9', quantity }] });
export const lower = (order: { lines?: readonly { id: string }[] | undefined }, quantity = 1) => ({
  setQuantities: [{ lineId: lineIds(order)[0] ?? '', quantity }],
});

/** The order service with an article that can be added (15.00), one that is nearly gone, and what tests of edits ask. */
export async function editHarness() {
  const h: OrderHarness = await orderHarness();
  h.quotes.prices.set('var_9', { unitPriceCents: 1_500 });
  h.quotes.prices.set('var_few', { unitPriceCents: 100, available: 1 });
  async function placed() {
    const result = await h.app.placeOrder(GUEST, h.command());
    if (!result.ok) throw new Error('not placed');
    return result.order;
  }
  const read = async (id: string) => (await h.app.findOrders(STAFF, [id], { lines: true, timeline: true }))[0];
  return {
    ...h,
    placed,
    read,
    async confirmed() {
      const order = await placed();
      await h.app.applyCapture(captured(order.id));
      return (await read(order.id)) as NonNullable<Awaited<ReturnType<typeof read>>>;
    },
    async edit(...args: Parameters<typeof command>) {
      const result = await h.app.editOrder(STAFF, command(...args));
      if (!result.ok) throw new Error(JSON.stringify(result.errors));
      return result;
    },
    typesOf: async (id: string) => (await read(id))?.timeline?.map((entry) => entry.type),
    eventsOf: (id: string) => h.database.query(published, [id]),
    stateOf: async (id: string) => (await h.database.query(tables, [id]))[0],
    /** As if every run of an edit had died. */
    endEditLeases: () => h.database.query(endLeases),
    makeDue: (editId: string | undefined) => h.database.query(makeDue, [editId]),
  };
}

export type EditHarness = Awaited<ReturnType<typeof editHarness>>;
