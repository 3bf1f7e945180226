import { events, newEvent } from '@souk/events';
import { sql } from '@souk/postgres';
import { newId, type Viewer } from '@souk/runtime';
import type { CheckedOutCart } from '../domain/decidePlacement.js';
import type { OrderView } from '../domain/order.js';
import type { WholeOrder } from '../domain/wholeOrder.js';
import { GUEST, type OrderHarness, user } from './harness.js';
import { checkedOutCart } from './samples.js';

export const STAFF = user('usr_staff', ['orders:read', 'orders:write']);

/** 3 × 10.00 less 0.01, and 5.00; shipping 4.90; 39.89 in all, and all of it paid. */
export const afterSalesCart = (): CheckedOutCart =>
  checkedOutCart({
    lines: [
      { ...line('var_1', 'Lamp', 3, 1_000), discountCents: 1, taxCents: 479, totalCents: 2_999 },
      line('var_2', 'Bulb', 1, 500),
    ],
    subtotalCents: 3_500,
    discountCents: 1,
    shippingCents: 490,
    taxCents: 637,
    totalCents: 3_989,
  });

const line = (variantId: string, productName: string, quantity: number, unitPriceCents: number) => ({
  variantId,
  productName,
  variantName: null,
  sku: productName.toUpperCase(),
  imageUrl: null,
  quantity,
  unitPriceCents,
  discountCents: 0,
  taxCents: 80,
  taxBasisPoints: 1_900,
  totalCents: unitPriceCents * quantity,
});

/** A paid order, and what staff and customers do with it. */
export async function paidOrder(h: OrderHarness, owner: Viewer = GUEST) {
  h.cart.state.cart = afterSalesCart();
  const expectedTotal = { centAmount: 3_989, currencyCode: 'EUR' };
  const placed = await h.app.placeOrder(owner, h.command({ expectedTotal }));
  if (!placed.ok) throw new Error('not placed');
  const { id } = placed.order;
  const paymentId = newId('pay');
  const captured = newEvent(events.paymentCaptured, {
    aggregateId: paymentId,
    sequence: 1,
    data: {
      paymentId,
      orderId: id,
      centAmount: 3_989,
      currencyCode: 'EUR',
      provider: 'stripe',
      capturedAt: new Date().toISOString(),
    },
  });
  await h.app.applyCapture(captured);
  const [lamp, bulb] = placed.order.lines ?? [];
  if (lamp === undefined || bulb === undefined) throw new Error('an order of two lines was expected');
  const read = async () => {
    const [order] = await h.app.findOrders(STAFF, [id], { lines: true, timeline: true, parcels: true });
    if (order?.lines === undefined || order.fulfillments === undefined || order.returns === undefined) {
      throw new Error(`${id} was not read whole`);
    }
    return order as OrderView & WholeOrder;
  };
  const ship = (
    lines: readonly (readonly [lineId: string, quantity: number])[],
    parts: { trackingNumber?: string; carrier?: string; idempotencyKey?: string } = {},
  ) =>
    h.app.shipParcel(STAFF, {
      orderId: id,
      lines: lines.map(([lineId, quantity]) => ({ lineId, quantity })),
      carrier: parts.carrier ?? null,
      trackingNumber: parts.trackingNumber ?? null,
      idempotencyKey: parts.idempotencyKey ?? newId('req'),
    });
  const ask = (
    lines: readonly (readonly [lineId: string, quantity: number, exchangeVariantId?: string])[],
    parts: { viewer?: Viewer; idempotencyKey?: string; note?: string } = {},
  ) =>
    h.app.requestReturn(parts.viewer ?? owner, {
      orderId: id,
      lines: lines.map(([lineId, quantity, exchangeVariantId = null]) => ({ lineId, quantity, exchangeVariantId })),
      reason: 'SIZE',
      note: parts.note ?? null,
      idempotencyKey: parts.idempotencyKey ?? newId('req'),
    });
  return {
    id,
    paymentId,
    lamp: lamp.id,
    bulb: bulb.id,
    read,
    ship,
    ask,
    events: () => h.events(id),
    timeline: async () => (await read()).timeline?.map(({ type }) => type),
    /** Ships and delivers all of it. */
    async delivered() {
      const { fulfillmentId } = await ship([
        [lamp.id, 3],
        [bulb.id, 1],
      ]);
      await h.app.deliverParcel(String(fulfillmentId), 'staff');
    },
    /** Asks for and approves a return, and answers its id. */
    async approved(lines: Parameters<typeof ask>[0]) {
      const { result, returnId } = await ask(lines);
      if (!result.ok || returnId === null) throw new Error(`refused: ${JSON.stringify(result)}`);
      const approved = await h.app.approveReturn(returnId);
      if (!approved.ok) throw new Error(`not approved: ${JSON.stringify(approved)}`);
      return returnId;
    },
    async receive(returnId: string, lines: readonly (readonly [string, number, number?])[], refundShipping = false) {
      return h.app.receiveReturn(returnId, {
        lines: lines.map(([lineId, accepted, rejected = 0]) => ({ lineId, accepted, rejected, restock: true })),
        refundShipping,
        note: null,
      });
    },
  };
}

/** A paid order that has arrived. */
export async function deliveredOrder(h: OrderHarness, owner: Viewer = GUEST) {
  const order = await paidOrder(h, owner);
  await order.delivered();
  return order;
}

export type PaidOrder = Awaited<ReturnType<typeof paidOrder>>;

/** What was published since an order's one parcel was delivered. Events of one change have no order among themselves: sorted by name. */
export async function afterDelivery(order: PaidOrder): Promise<string[]> {
  const [requested, approved, ...received] = (await order.events()).slice(4);
  return [requested, approved, ...received.sort()].filter((type) => type !== undefined);
}

const lastData = sql<{ data: Record<string, unknown> }>(
  'test.lastData',
  'SELECT data FROM outbox_event WHERE aggregate_id = $1 AND type = $2 ORDER BY sequence DESC, id DESC LIMIT 1',
);

const openEdit = sql(
  'test.openEdit',
  `UPDATE orders SET open_edit = '{"id": "oed_waits", "dueAt": "2100-01-01T00:00:00.000Z", "dueCents": 100}' WHERE id = $1`,
);

/** As if a change of this order waited for its payment. */
export const leaveEditOpen = (h: OrderHarness, orderId: string) => h.database.query(openEdit, [orderId]);

/** What the last event of this type says. */
export const told = async (h: OrderHarness, orderId: string, type: string) =>
  (await h.database.query(lastData, [orderId, type]))[0]?.data;

/** What payment tells when it gave money back for a return. */
export const refundedFor = (order: { id: string; paymentId: string }, returnId: string, centAmount: number) =>
  newEvent(events.paymentRefunded, {
    aggregateId: order.paymentId,
    sequence: 2,
    data: {
      paymentId: order.paymentId,
      refundId: newId('ref'),
      orderId: order.id,
      centAmount,
      currencyCode: 'EUR',
      initiatedBy: 'CUSTOMER_RETURN',
      returnId,
    },
  });
