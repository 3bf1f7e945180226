import type { Invariant } from '../invariant.js';
import { mergeByKey } from '../merge.js';

interface ReturnRow {
  readonly key: string;
  readonly order_id: string;
  readonly status: string;
  readonly due: number;
  readonly paid: number;
}
interface RefundRow {
  readonly key: string;
  readonly refunded: number;
}

/** A customer who has sent something back gets its money, once. */
export const returnsArePaid: Invariant = {
  name: 'returns-are-paid',
  why: 'what a return has paid back is the sum of the refunds made for it, and a closed one has paid all that it owed',
  async *check(snapshot, seen) {
    const returns = snapshot.stream<ReturnRow>(
      'order',
      `SELECT id AS key, order_id, status, refund_cents AS due, refunded_cents AS paid FROM order_return ORDER BY id COLLATE "C"`,
    );
    const refunds = snapshot.stream<RefundRow>(
      'payment',
      `SELECT return_id AS key, sum(amount_cents) FILTER (WHERE state = 'SUCCEEDED') AS refunded FROM refund
       WHERE return_id IS NOT NULL GROUP BY return_id ORDER BY return_id COLLATE "C"`,
    );
    for await (const group of mergeByKey({ returns, refunds })) {
      const [back] = group.returns;
      const refunded = group.refunds[0]?.refunded ?? 0;
      if (back === undefined) {
        yield { key: group.key, detail: `${refunded} were refunded for it, and it does not exist` };
        continue;
      }
      seen(1);
      const { order_id: orderId, status, due, paid } = back;
      // Staff may close a return that they paid back by hand, elsewhere.
      if (refunded <= due && (paid === refunded || (status === 'CLOSED' && paid === due))) continue;
      yield {
        key: group.key,
        detail: `${status}, owes ${due}, says it paid ${paid}, refunds made for it ${refunded}`,
        orderId,
      };
    }
  },
};
