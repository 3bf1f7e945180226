import { randomUUID } from 'node:crypto';
import type { Random } from '@souk/local/demoData/random';
import { Refused } from '@souk/local/shopper';
import type { Mall, Purchase } from './shop.js';

interface OrderView {
  readonly version: number;
  readonly lines: readonly { readonly id: string; readonly quantity: number; readonly quantityFulfilled: number }[];
}
interface LineQuantity {
  readonly lineId: string;
  readonly quantity: number;
}

const key = (what: string): string => `${what}-${randomUUID()}`;

async function look(mall: Mall, purchase: Purchase): Promise<OrderView> {
  const { order } = await mall.staff.send<{ order: OrderView }>('OrderDetails', { id: purchase.orderId });
  return order;
}

/** Staff send everything in one parcel, and say that it has arrived. */
export async function ship(mall: Mall, purchase: Purchase, arrives = true): Promise<LineQuantity[]> {
  const { lines } = await look(mall, purchase);
  const all = lines.filter(({ quantity }) => quantity > 0).map(({ id, quantity }) => ({ lineId: id, quantity }));
  const sent = await mall.staff.send<{ fulfillmentCreate: { fulfillment: { id: string } } }>('FulfillmentCreate', {
    orderId: purchase.orderId,
    lines: all,
    carrier: 'DHL',
    trackingNumber: key('JJD'),
    idempotencyKey: key('ship'),
  });
  if (arrives) await mall.staff.send('FulfillmentDeliver', { id: sent.fulfillmentCreate.fulfillment.id });
  return all;
}

/** The customer sends a unit back; staff agree, receive it and give its money back. */
export async function sendBack(
  mall: Mall,
  purchase: Purchase,
  lines: readonly LineQuantity[],
  random: Random,
): Promise<void> {
  const { lineId } = random.pick(lines);
  const input = {
    orderId: purchase.orderId,
    lines: [{ lineId, quantity: 1 }],
    reason: 'SIZE',
    idempotencyKey: key('return'),
  };
  const { returnRequest } = await mall.guest.send<{ returnRequest: { return: { id: string } } }>('ReturnRequest', {
    input,
  });
  const { id } = returnRequest.return;
  await mall.staff.send('ReturnApprove', { id });
  await mall.staff.send('ReturnReceive', { id, lines: [{ lineId, accepted: 1, rejected: 0, restock: true }] });
}

/** The customer takes one unit off; answers false when that cannot be done (any more). */
export async function cancelUnit(mall: Mall, purchase: Purchase): Promise<boolean> {
  const { lines } = await look(mall, purchase);
  const line = lines.find(({ quantity }) => quantity > 1);
  if (line === undefined) return false;
  const variables = {
    orderId: purchase.orderId,
    lines: [{ lineId: line.id, quantity: 1 }],
    idempotencyKey: key('lines'),
  };
  return unlessRefused(() => mall.guest.send('OrderLinesCancel', variables));
}

/** Staff put one more article on the order; answers false when that cannot be done, as when there is none left. */
export async function addUnit(mall: Mall, purchase: Purchase, variantId: string): Promise<boolean> {
  const { version } = await look(mall, purchase);
  const input = {
    orderId: purchase.orderId,
    orderVersion: version,
    addLines: [{ variantId, quantity: 1 }],
    dryRun: false,
    idempotencyKey: key('edit'),
  };
  return unlessRefused(() => mall.staff.send('OrderEdit', { input }));
}

async function unlessRefused(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}
