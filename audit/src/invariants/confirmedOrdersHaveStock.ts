import type { Invariant } from '../invariant.js';
import { mergeByKey } from '../merge.js';

interface OrderLines {
  readonly key: string;
  /** `variant=quantity`, sorted, of what must have been taken from stock for it. */
  readonly wanted: string | null;
}
interface Committed {
  readonly key: string;
  readonly committed: string;
}

/** A confirmed order without its stock is paid and not deliverable; one with more of it has taken others' goods. */
export const confirmedOrdersHaveStock: Invariant = {
  name: 'confirmed-orders-have-stock',
  why: 'the stock of each confirmed order is committed, exactly its lines',
  async *check(snapshot, seen) {
    const orders = snapshot.stream<OrderLines>(
      'order',
      `SELECT o.id AS key, string_agg(l.variant_id || '=' || l.quantity, ' ' ORDER BY l.variant_id COLLATE "C") AS wanted
       FROM orders o LEFT JOIN (
         SELECT order_id, variant_id, sum(quantity) AS quantity FROM order_line GROUP BY order_id, variant_id
         HAVING sum(quantity) > 0) AS l ON l.order_id = o.id
       WHERE o.status IN ('CONFIRMED', 'COMPLETED') GROUP BY o.id ORDER BY o.id COLLATE "C"`,
    );
    const stock = snapshot.stream<Committed>(
      'product',
      `SELECT order_id AS key, string_agg(variant_id || '=' || quantity, ' ' ORDER BY variant_id COLLATE "C") AS committed
       FROM reservation WHERE state = 'COMMITTED' AND quantity > 0 GROUP BY order_id ORDER BY order_id COLLATE "C"`,
    );
    for await (const group of mergeByKey({ orders, stock })) {
      const [order] = group.orders;
      if (order === undefined) continue;
      seen(1);
      const wanted = order.wanted ?? '';
      const committed = group.stock[0]?.committed ?? '';
      if (committed === wanted) continue;
      yield { key: group.key, detail: `needs ${wanted}, committed ${committed || 'nothing'}`, orderId: group.key };
    }
  },
};
