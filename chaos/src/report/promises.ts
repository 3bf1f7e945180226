import type { Databases } from '../shop/databases.js';
import type { Purchase } from '../shoppers/shop.js';

/** Something that a shopper was told and that is not so. */
export interface BrokenPromise {
  readonly invariant: string;
  readonly detail: string;
  readonly orderId?: string;
}

interface OrderRow {
  readonly id: string;
  readonly status: string;
  readonly captured: number;
  readonly refunded: number;
}

/**
 * Holds the shop to what its shoppers were told, which no database knows: an order that was answered is there; one key gave one
 * order; who was told "confirmed" has his order (or cancelled it himself); who paid has his order or his money.
 */
export async function brokenPromises(purchases: readonly Purchase[], databases: Databases): Promise<BrokenPromise[]> {
  const ids = purchases.flatMap(({ orderId }) => (orderId === undefined ? [] : [orderId]));
  const orders = await databases.query<{ id: string; status: string }>(
    'order',
    'SELECT id, status FROM orders WHERE id = ANY ($1)',
    [ids],
  );
  const payments = await databases.query<{ id: string; captured: string; refunded: string }>(
    'payment',
    `SELECT order_id AS id, sum(captured_cents) AS captured, sum(refunded_cents) AS refunded FROM payment WHERE order_id = ANY ($1) GROUP BY 1`,
    [ids],
  );
  const money = new Map(
    payments.map(({ id, captured, refunded }) => [id, [Number(captured), Number(refunded)] as const]),
  );
  const known = new Map(
    orders.map(({ id, status }): [string, OrderRow] => {
      const [captured = 0, refunded = 0] = money.get(id) ?? [];
      return [id, { id, status, captured, refunded }];
    }),
  );
  return purchases.flatMap((purchase) => broken(purchase, known));
}

function broken(purchase: Purchase, orders: ReadonlyMap<string, OrderRow>): BrokenPromise[] {
  const { index, kind, orderId, otherOrders, told, paid, cancelled, ended } = purchase;
  const who = `shopper ${index} (${kind})`;
  const found: BrokenPromise[] = [];
  const say = (invariant: string, detail: string): void => {
    found.push({ invariant, detail: `${who}: ${detail}`, ...(orderId === undefined ? {} : { orderId }) });
  };
  if (ended !== undefined && !ended.startsWith('refused')) say('shoppers-get-an-answer', ended);
  if (otherOrders.length > 0) say('one-order-per-key', `one key was answered ${otherOrders.length + 1} orders`);
  if (orderId === undefined) return found;
  const order = orders.get(orderId);
  if (order === undefined) {
    say('answered-orders-exist', 'was answered an order that is not there');
    return found;
  }
  // one of which everything has come back is completed
  const stands = order.status === 'CONFIRMED' || order.status === 'COMPLETED';
  if (told === 'CONFIRMED' && !stands && !(cancelled === true && order.status === 'CANCELLED')) {
    say('confirmed-stays-confirmed', `was told CONFIRMED, and it is ${order.status}`);
  }
  if (cancelled === true && order.status !== 'CANCELLED') {
    say('cancelled-stays-cancelled', `was told that it is cancelled, and it is ${order.status}`);
  }
  if (paid === 'succeeded' && !stands && order.captured !== order.refunded) {
    say('money-or-goods', `has paid ${order.captured}, got ${order.refunded} back, and the order is ${order.status}`);
  }
  if (paid === 'succeeded' && order.captured === 0) say('money-is-known', 'has paid, and the shop knows of no money');
  return found;
}
