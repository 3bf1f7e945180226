import type { Invariant } from '../invariant.js';
import { mergeByKey } from '../merge.js';
import { orderHeads, orderMoney } from '../orderMoney.js';

/** DESIGN.md section 6: money is never kept for an order that is not delivered. */
export const noMoneyKeptForNothing: Invariant = {
  name: 'no-money-kept-for-nothing',
  why: 'for an order that is cancelled, expired or not confirmed, all that was captured has been given back, and nothing stays authorized',
  async *check(snapshot, seen) {
    for await (const { key, orders, money } of mergeByKey({
      orders: orderHeads(snapshot),
      money: orderMoney(snapshot),
    })) {
      const [order] = orders;
      if (order === undefined || order.status === 'CONFIRMED' || order.status === 'COMPLETED') continue;
      seen(1);
      const { captured = 0, awaited = 0, authorized = 0, returned = 0 } = money[0] ?? {};
      const waits = order.status === 'PENDING_PAYMENT';
      if (captured - (waits ? awaited : 0) === returned && (authorized === 0 || waits)) continue;
      const detail = `${order.status}, captured ${captured}, returned ${returned}, still authorized ${authorized}`;
      yield { key, detail, orderId: key };
    }
  },
};
