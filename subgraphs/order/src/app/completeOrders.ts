import { newContext, runInContext } from '@souk/runtime';
import { decideCompletion } from '../domain/decideCompletion.js';
import type { WholeOrders } from './afterSalesPorts.js';
import type { Clock, OrderChange, OrderStore } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

/** Orders that one round completes. */
export const COMPLETION_BATCH = 50;

/**
 * One round of the completing sweeper: orders that came back whole, and delivered ones whose return window is over, become COMPLETED,
 * all in one change. An order for which a return is asked at the same moment is left alone: the change is bound to the version
 * it was decided on. Answers how many were found.
 */
export const completeOrders =
  (deps: {
    readonly orders: Pick<OrderStore, 'apply'>;
    readonly whole: Pick<WholeOrders, 'completable'>;
    readonly clock: Clock;
    readonly returnWindowMs: number;
  }) =>
  async (): Promise<number> => {
    const now = deps.clock();
    const due = await deps.whole.completable(new Date(now.getTime() - deps.returnWindowMs), COMPLETION_BATCH);
    const changes = due.flatMap((before): OrderChange[] => {
      const step = decideCompletion(before, 'system', now);
      if (step.kind !== 'CHANGE') return [];
      const context = newContext('background', { actor: 'service:order' });
      const timeline = runInContext(context, () => [timelineEntry('COMPLETED', now)]);
      const { lines: _, fulfillments: __, returns: ___, ...order } = step.after;
      return [{ before, after: { ...order, version: before.version + 1 }, timeline, published: [] }];
    });
    if (changes.length > 0) await deps.orders.apply(changes);
    return due.length;
  };
