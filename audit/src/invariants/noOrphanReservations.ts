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
  ACTIVE: ['PENDING_PAYMENT', 'SAGA'],
  COMMITTED: ['CONFIRMED', 'COMPLETED'],
};

/** Stock that is held for nobody can be sold to nobody. */
export const noOrphanReservations: Invariant = {
  name: 'no-orphan-reservations',
  why: 'stock is reserved only for orders that wait for their payment, and sold only to confirmed ones',
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
         SELECT order_id, 'SAGA' FROM placement WHERE step IN ('RUNNING', 'UNDOING')) AS holder
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
