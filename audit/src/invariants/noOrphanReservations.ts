import type { Invariant } from '../invariant.js';
import { mergeByKey } from '../merge.js';

interface Held {
  readonly key: string;
  readonly states: string;
}
interface Holder {
  readonly key: string;
  readonly status: string;
}

/** What may hold stock in which state. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  ACTIVE: ['PENDING_PAYMENT', 'SAGA', 'EDIT', 'EXCHANGE'],
  COMMITTED: ['CONFIRMED', 'COMPLETED'],
};

/** Stock that is held for nobody can be sold to nobody. */
export const noOrphanReservations: Invariant = {
  name: 'no-orphan-reservations',
  why: 'stock is reserved only for orders, edits and exchanges that are waited for, and sold only to confirmed orders',
  async *check(snapshot, seen) {
    const stock = snapshot.stream<Held>(
      'product',
      `SELECT order_id AS key, string_agg(DISTINCT state::text, ' ') AS states
       FROM reservation WHERE state IN ('ACTIVE', 'COMMITTED') GROUP BY order_id ORDER BY order_id COLLATE "C"`,
    );
    const holders = snapshot.stream<Holder>(
      'order',
      `SELECT * FROM (
         SELECT id AS key, status FROM orders
         UNION ALL
         SELECT s.id, o.status FROM orders o CROSS JOIN LATERAL unnest(o.extra_stock_ids) AS s(id)
         UNION ALL
         SELECT order_id, 'SAGA' FROM placement WHERE step IN ('RUNNING', 'UNDOING')
         UNION ALL
         SELECT id, 'EDIT' FROM order_edit WHERE state IN ('PREPARING', 'UNDOING', 'AWAITING_PAYMENT')
         UNION ALL
         SELECT r.id, 'EXCHANGE' FROM order_return r WHERE r.stock_held_until IS NOT NULL
           OR (r.status = 'REQUESTED' AND EXISTS (
             SELECT 1 FROM order_return_line l WHERE l.return_id = r.id AND l.exchange IS NOT NULL))) AS holder
       ORDER BY key COLLATE "C"`,
    );
    for await (const group of mergeByKey({ stock, holders })) {
      const [held] = group.stock;
      if (held === undefined) continue;
      seen(1);
      const by = group.holders.map(({ status }) => status);
      for (const state of held.states.split(' ')) {
        if (by.some((status) => MAY[state]?.includes(status))) continue;
        const detail = `stock is ${state} for ${by.length === 0 ? 'no order and no saga' : `an order that is ${by.join(', ')}`}`;
        yield { key: `${group.key}/${state}`, detail, orderId: group.key };
      }
    }
  },
};
