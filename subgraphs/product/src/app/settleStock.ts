import type { EventEnvelope } from '@souk/events';
import { failpoint, type Logger, metrics } from '@souk/runtime';
import type { StockAnswer, StockEdit, StockReturn, StockStore } from './ports.js';

const short = metrics.counter('souk_stock_commit_short_total', 'Paid orders whose released stock was sold to others');

export interface SettleDeps {
  readonly stock: StockStore;
  readonly logger: Logger;
}

/** Turns an order's reservations into a sale, all or none; by an event, once per event. */
export const commitStock =
  ({ stock, logger }: SettleDeps) =>
  async (
    stockIds: readonly string[],
    by: { readonly actor: string } | { readonly event: EventEnvelope },
  ): Promise<StockAnswer | undefined> => {
    const answer = 'event' in by ? await stock.commitOnce(by.event, stockIds) : await stock.commit(stockIds, by.actor);
    await failpoint('product.stock.afterCommit');
    if (answer?.outcome === 'INSUFFICIENT_STOCK') {
      short.inc();
      logger.error({ stockIds, short: answer.short }, 'a paid order lost its stock to others before it was committed');
    }
    return answer;
  };

/**
 * Gives back what an order holds; by an event, once per event and never what was reserved after it. With `asOf` only what was
 * reserved before that moment, and the id may reserve again.
 */
export const releaseStock =
  ({ stock }: SettleDeps) =>
  async (
    held:
      | { readonly stockId: string; readonly asOf?: Date }
      | { readonly stockIds: readonly string[]; readonly event: EventEnvelope },
  ): Promise<StockAnswer | undefined> => {
    const answer = await release(stock, held);
    await failpoint('product.stock.afterRelease');
    return answer;
  };

const release = (stock: StockStore, held: Parameters<ReturnType<typeof releaseStock>>[0]) => {
  if ('event' in held) return stock.releaseOnce(held.event, held.stockIds);
  return held.asOf === undefined ? stock.release(held.stockId) : stock.releaseAsOf(held.stockId, held.asOf);
};

/** Ends what a cancelled order holds, once per event; final, whichever of the order's events comes first. */
export const cancelStock =
  ({ stock }: Pick<SettleDeps, 'stock'>) =>
  (stockIds: readonly string[], event: EventEnvelope): Promise<StockAnswer | undefined> =>
    stock.cancelOnce(event, stockIds);

/**
 * Follows an edit of an order, once per event: what it added is sold (when the order is paid), what it removed is free again.
 * May come before or after the order's confirmation, expiry or cancellation.
 */
export const editStock =
  ({ stock, logger }: SettleDeps) =>
  async (edit: StockEdit, event: EventEnvelope): Promise<void> => {
    const answer = await stock.editOnce(event, edit);
    if (answer?.sold?.outcome === 'INSUFFICIENT_STOCK') {
      short.inc();
      logger.error({ ...edit, short: answer.sold.short }, 'a paid edit lost its stock before it was committed');
    }
    if (answer !== undefined && answer.missing.length > 0) {
      logger.error({ ...edit, missing: answer.missing }, 'an edit takes back stock that its order does not hold');
    }
  };

/** Follows a received return, once per event: accepted goods are back on the shelf, articles in exchange are sold. */
export const returnStock =
  ({ stock, logger }: SettleDeps) =>
  async (taken: StockReturn, event: EventEnvelope): Promise<void> => {
    const answer = await stock.returnOnce(event, taken);
    if (answer?.sold?.outcome === 'INSUFFICIENT_STOCK') {
      short.inc();
      logger.error({ ...taken, short: answer.sold.short }, 'an exchange lost its stock before it was committed');
    }
    if (answer !== undefined && answer.missing.length > 0) {
      logger.error({ ...taken, missing: answer.missing }, 'returned goods are of a variant that is not kept in stock');
    }
  };

/** How long after its expiry a reservation must still be there to be given back by this service itself. */
export const OVERDUE_MS = 24 * 3_600_000;

/**
 * The safety net: expiring orders is the order service's job, which then releases their stock. Only what is a whole day
 * overdue (an order that was never stored, events lost with a database) is given back here. Answers the orders.
 */
export const releaseOverdue =
  ({ stock, logger }: SettleDeps) =>
  async (now: Date): Promise<string[]> => {
    const orders = await stock.overdueOrders(new Date(now.getTime() - OVERDUE_MS), 100);
    for (const orderId of orders) {
      const answer = await stock.release(orderId);
      logger.warn({ orderId, outcome: answer.outcome }, 'a reservation a day overdue was released');
    }
    return orders;
  };
