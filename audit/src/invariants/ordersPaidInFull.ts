import type { Invariant } from '../invariant.js';
import { mergeByKey } from '../merge.js';
import { orderHeads, orderMoney } from '../orderMoney.js';

const PAID = new Set(['CONFIRMED', 'COMPLETED']);

/**
 * A confirmed order that is not paid is given away; one that is paid more than once is a double charge. What staff, the provider or
 * an accepted return have given back was meant to be given back and does not count; what the order itself asked to be given
 * back (an edit downwards, a second payment) must bring the rest to exactly its total. Staff may capture less of an authorization, and
 * waive the rest.
 */
export const ordersPaidInFull: Invariant = {
  name: 'orders-paid-in-full',
  why: 'a confirmed order is paid once, exactly its total, in its currency',
  async *check(snapshot, seen) {
    for await (const { key, orders, money } of mergeByKey({
      orders: orderHeads(snapshot),
      money: orderMoney(snapshot),
    })) {
      const [order] = orders;
      if (order === undefined || !PAID.has(order.status)) continue;
      seen(1);
      const {
        captured = 0,
        authorized = 0,
        waived = 0,
        compensated = 0,
        returned = 0,
        currencies = [],
      } = money[0] ?? {};
      const paid = captured + authorized - compensated;
      const sameCurrency = currencies.every((currency) => currency === order.currency);
      // Staff have given all of it back: nothing was left that an edit could have given back, too.
      if (captured > 0 && captured === returned && authorized === 0 && sameCurrency) continue;
      if (paid <= order.total && paid + waived >= order.total && sameCurrency) continue;
      const detail =
        `${order.status} at ${order.total} ${order.currency}, but captured ${captured}, authorized ${authorized}, ` +
        `compensated ${compensated} ${currencies.join('/')}`;
      yield { key, detail, orderId: key };
    }
  },
};
