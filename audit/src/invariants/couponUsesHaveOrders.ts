import type { Invariant } from '../invariant.js';
import { mergeByKey } from '../merge.js';

interface Use {
  readonly key: string;
  readonly uses: number;
}
interface Holder {
  readonly key: string;
  readonly status: string;
}

const ENDED = new Set(['CANCELLED', 'EXPIRED']);

/** A use that belongs to no living order is a discount that a customer was refused for nothing. */
export const couponUsesHaveOrders: Invariant = {
  name: 'coupon-uses-have-orders',
  why: 'each use of a promotion that counts belongs to an order that was not cancelled and has not expired',
  async *check(snapshot, seen) {
    const uses = snapshot.stream<Use>(
      'cart',
      `SELECT order_id AS key, count(*) AS uses FROM promotion_use WHERE released_at IS NULL
       GROUP BY order_id ORDER BY order_id COLLATE "C"`,
    );
    const holders = snapshot.stream<Holder>(
      'order',
      `SELECT * FROM (
         SELECT id AS key, status FROM orders
         UNION ALL
         SELECT order_id, 'SAGA' FROM placement WHERE step IN ('RUNNING', 'UNDOING')) AS holder
       ORDER BY key COLLATE "C"`,
    );
    for await (const group of mergeByKey({ uses, holders })) {
      if (group.uses.length === 0) continue;
      seen(1);
      if (group.holders.some(({ status }) => !ENDED.has(status))) continue;
      const [holder] = group.holders;
      const detail =
        holder === undefined ? 'is held by no order and no saga' : `is held by an order that is ${holder.status}`;
      yield { key: group.key, detail, orderId: group.key };
    }
  },
};
