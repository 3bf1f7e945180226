import type { Invariant, Violation } from '../invariant.js';
import { mergeByKey } from '../merge.js';

type Units = Readonly<Record<string, number>>;

/** One for each id under which a confirmed order holds stock: its own, those of edits and of exchanges. */
interface Holder {
  readonly key: string;
  readonly order: string;
  /** Under how many ids. */
  readonly ids: number;
  /** Units by variant that must have been taken from stock for the order. */
  readonly wanted: Units | null;
}
interface Committed {
  readonly key: string;
  readonly committed: Units;
}

/** A confirmed order without its stock is paid and not deliverable; one with more of it has taken others' goods. */
export const confirmedOrdersHaveStock: Invariant = {
  name: 'confirmed-orders-have-stock',
  why: 'the stock of each confirmed order is committed, exactly its lines',
  async *check(snapshot, seen) {
    const orders = snapshot.stream<Holder>(
      'order',
      `SELECT s.id AS key, o.id AS order, 1 + cardinality(o.extra_stock_ids) AS ids, l.wanted
       FROM orders o CROSS JOIN LATERAL unnest(o.id || o.extra_stock_ids) AS s(id)
       LEFT JOIN (
         SELECT order_id, jsonb_object_agg(variant_id, quantity) AS wanted
         FROM (SELECT order_id, variant_id, sum(quantity) AS quantity FROM order_line GROUP BY order_id, variant_id
               HAVING sum(quantity) > 0) AS units GROUP BY order_id) AS l ON l.order_id = o.id
       WHERE o.status IN ('CONFIRMED', 'COMPLETED') ORDER BY s.id COLLATE "C"`,
    );
    const stock = snapshot.stream<Committed>(
      'product',
      `SELECT order_id AS key, jsonb_object_agg(variant_id, quantity) AS committed
       FROM reservation WHERE state = 'COMMITTED' AND quantity > 0 GROUP BY order_id ORDER BY order_id COLLATE "C"`,
    );
    // Orders that were changed hold stock under several ids, which are not side by side: only those are kept until the end.
    const parts = new Map<string, { wanted: Units; committed: Map<string, number> }>();
    for await (const group of mergeByKey({ orders, stock })) {
      const [holder] = group.orders;
      if (holder === undefined) continue;
      const committed = group.stock[0]?.committed ?? {};
      const wanted = holder.wanted ?? {};
      if (holder.ids === 1) {
        seen(1);
        yield* compared(holder.order, wanted, committed);
        continue;
      }
      const part = parts.get(holder.order) ?? { wanted, committed: new Map<string, number>() };
      for (const [variant, quantity] of Object.entries(committed)) {
        part.committed.set(variant, (part.committed.get(variant) ?? 0) + quantity);
      }
      parts.set(holder.order, part);
    }
    for (const [order, { wanted, committed }] of parts) {
      seen(1);
      yield* compared(order, wanted, Object.fromEntries(committed));
    }
  },
};

function* compared(order: string, wanted: Units, committed: Units): Iterable<Violation> {
  const [needs, has] = [spoken(wanted), spoken(committed)];
  if (needs === has) return;
  yield { key: order, detail: `needs ${needs || 'nothing'}, committed ${has || 'nothing'}`, orderId: order };
}

const spoken = (units: Units): string =>
  Object.entries(units)
    .map(([variant, quantity]) => `${variant}=${quantity}`)
    .sort()
    .join(' ');
