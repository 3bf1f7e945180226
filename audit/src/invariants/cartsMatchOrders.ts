import type { Invariant } from '../invariant.js';
import { mergeByKey } from '../merge.js';

interface CartRow {
  readonly key: string;
  readonly status: string;
}
interface OrderRow {
  readonly key: string;
  readonly id: string;
  readonly placed: boolean;
}

/** A completed cart without an order is a customer whose cart has vanished; an active one with an order is bought twice. */
export const cartsMatchOrders: Invariant = {
  name: 'carts-match-orders',
  why: 'a cart is COMPLETED exactly when an order was placed from it',
  async *check(snapshot, seen) {
    const carts = snapshot.stream<CartRow>(
      'cart',
      `SELECT id AS key, status::text AS status FROM cart ORDER BY id COLLATE "C"`,
    );
    const orders = snapshot.stream<OrderRow>(
      'order',
      `SELECT * FROM (
         SELECT cart_id AS key, id, true AS placed FROM orders WHERE cart_id IS NOT NULL
         UNION ALL
         SELECT input->>'cartId', order_id, false FROM placement
         WHERE step IN ('RUNNING', 'UNDOING') AND input->>'cartId' IS NOT NULL) AS holder
       ORDER BY key COLLATE "C"`,
    );
    for await (const group of mergeByKey({ carts, orders })) {
      const [cart] = group.carts;
      if (cart === undefined) continue;
      seen(1);
      const order = group.orders.find(({ placed }) => placed);
      if (cart.status === 'COMPLETED' && group.orders.length === 0) {
        yield { key: cart.key, detail: 'is COMPLETED, but nothing was ordered from it' };
      } else if (cart.status !== 'COMPLETED' && order !== undefined) {
        yield { key: cart.key, detail: `is ${cart.status}, though order ${order.id} was placed from it` };
      }
    }
  },
};
