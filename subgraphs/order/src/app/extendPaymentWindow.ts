import { ServiceUnavailable } from '@souk/runtime';
import { type Order, stockIdsOf } from '../domain/order.js';
import type { Refusal } from '../domain/refusal.js';
import type { Clock, OrderStore, StockPort } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

export type ExtendPaymentWindowResult =
  | { readonly ok: true; readonly order: Order }
  | { readonly ok: false; readonly errors: readonly Refusal[] };

/** No way to pay takes longer; the stock is held for nobody else meanwhile. */
const LONGEST_MS = 60 * 86_400_000;
const RESERVATION_GRACE_MS = 10 * 60_000;
const ATTEMPTS = 10;

/**
 * The customer pays in a way that takes days, such as a bank transfer: the order waits until then, and its stock with it. The stock is held
 * first, so that an order never waits longer than its goods do. A window only grows: asking again, or for less, answers the
 * order as it is. An order that cannot be paid (any more) is refused and unchanged. Called by the payment service.
 */
export const extendPaymentWindow =
  (deps: { orders: OrderStore; stock: StockPort; clock: Clock }) =>
  async (orderId: string, until: Date): Promise<ExtendPaymentWindowResult> => {
    if (until.getTime() > deps.clock().getTime() + LONGEST_MS) {
      return refuse('INVALID', 'An order waits for its payment for at most 60 days.', 'until');
    }
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const [order] = await deps.orders.byIds([orderId], { lines: false, timeline: false });
      if (order === undefined) return refuse('NOT_FOUND', 'There is no such order.', 'orderId');
      const now = deps.clock();
      if (order.status !== 'PENDING_PAYMENT' || now >= order.paymentDueAt) {
        return refuse('ILLEGAL_TRANSITION', 'This order cannot be paid (any more).', 'orderId');
      }
      if (order.paymentDueAt >= until) return { ok: true, order };
      const held = await hold(deps.stock, order, new Date(until.getTime() + RESERVATION_GRACE_MS));
      if (held !== undefined) return held;
      const after: Order = { ...order, paymentDueAt: until, version: order.version + 1 };
      const timeline = [timelineEntry('PAYMENT_WINDOW_EXTENDED', now, { data: { until: until.toISOString() } })];
      const changed = await deps.orders.apply([{ before: order, after, timeline, published: [] }]);
      if (changed.has(orderId)) return { ok: true, order: after };
    }
    return refuse('CONFLICT', 'The order is being changed. Try again in a moment.', 'orderId');
  };

/** Undefined when the stock is held until then. */
async function hold(stock: StockPort, order: Order, until: Date): Promise<ExtendPaymentWindowResult | undefined> {
  try {
    if ((await stock.extend(stockIdsOf(order), until)) === 'HELD') return undefined;
    return refuse('ILLEGAL_TRANSITION', 'The articles of this order are not held for it any more.', 'orderId');
  } catch (error) {
    if (!(error instanceof ServiceUnavailable)) throw error;
    return refuse('DEPENDENCY_UNAVAILABLE', 'The stock cannot be held right now. Try again in a moment.', 'orderId');
  }
}

const refuse = (
  code: 'INVALID' | 'NOT_FOUND' | 'CONFLICT' | 'ILLEGAL_TRANSITION' | 'DEPENDENCY_UNAVAILABLE',
  message: string,
  field: string,
): ExtendPaymentWindowResult => ({ ok: false, errors: [{ code, message, field: [field] }] });
