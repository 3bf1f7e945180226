import type { Invariant } from '../invariant.js';
import { mergeByKey } from '../merge.js';

interface PaymentRef {
  readonly key: string;
  readonly id: string;
}
interface OrderRef {
  readonly key: string;
  readonly payment_id: string | null;
}

/** Money for an order that nobody knows is never delivered, and nobody would give it back. */
export const paymentsHaveOrders: Invariant = {
  name: 'payments-have-orders',
  why: 'each payment is for an order that exists, and each order names a payment that is its own',
  async *check(snapshot, seen) {
    const orders = snapshot.stream<OrderRef>(
      'order',
      'SELECT id AS key, payment_id FROM orders ORDER BY id COLLATE "C"',
    );
    const payments = snapshot.stream<PaymentRef>(
      'payment',
      'SELECT order_id AS key, id FROM payment ORDER BY order_id COLLATE "C"',
    );
    for await (const group of mergeByKey({ orders, payments })) {
      seen(group.payments.length);
      const [order] = group.orders;
      for (const { id } of order === undefined ? group.payments : []) {
        yield { key: id, detail: `is for order ${group.key}, which does not exist` };
      }
      const named = order?.payment_id ?? null;
      if (named !== null && !group.payments.some(({ id }) => id === named)) {
        yield { key: group.key, detail: `names payment ${named}, which is not its own`, orderId: group.key };
      }
    }
  },
};
