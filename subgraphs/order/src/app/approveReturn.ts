import { events, newEvent } from '@souk/events';
import { ServiceUnavailable } from '@souk/runtime';
import { decideApproval } from '../domain/decideReturn.js';
import type { OrderReturn } from '../domain/return.js';
import { refuse } from '../domain/wholeOrder.js';
import type { ExchangeStock } from './afterSalesPorts.js';
import { changeReturn } from './changeReturn.js';
import { type ChangeWholeDeps, nothing, type WholeResult } from './changeWhole.js';
import { holdExchange, type WantedInExchange } from './holdExchange.js';
import { returnEvent } from './parcelEvents.js';
import type { Clock } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

export interface ApproveReturnDeps extends ChangeWholeDeps {
  readonly exchangeStock: ExchangeStock;
  readonly clock: Clock;
  /** How long an article in exchange is kept for goods that have not arrived. */
  readonly exchangeHoldMs: number;
}

/**
 * Agrees to a return and publishes `return.approved`. What is wanted in exchange is held from now on; what is sold out becomes a
 * refund, which the timeline tells. Held first, then written: a crash in between leaves a hold that the next try renews and
 * that ends by itself. The caller has checked that the viewer is staff.
 */
export const approveReturn =
  (deps: ApproveReturnDeps) =>
  (id: string): Promise<WholeResult> =>
    changeReturn(deps)(id, async (order, back) => {
      const now = deps.clock();
      const until = new Date(now.getTime() + deps.exchangeHoldMs);
      const wanted = back.status === 'REQUESTED' ? wantedInExchange(back) : [];
      let lineIds: ReadonlySet<string>;
      try {
        lineIds = await holdExchange(deps.exchangeStock, id, wanted, until);
      } catch (error) {
        if (!(error instanceof ServiceUnavailable)) throw error;
        return { step: stockUnavailable, tell: nothing };
      }
      const data = { returnId: id, number: back.number };
      return {
        step: decideApproval(order, back, { lineIds, until }, now),
        tell: (after) => ({
          timeline: [
            timelineEntry('RETURN_APPROVED', now, { data }),
            ...(lineIds.size < wanted.length ? [timelineEntry('EXCHANGE_UNAVAILABLE', now, { data })] : []),
          ],
          published: [newEvent(events.returnApproved, returnEvent(after, id, now))],
        }),
      };
    });

const wantedInExchange = ({ lines }: OrderReturn): WantedInExchange[] =>
  lines.flatMap(({ lineId, quantity, exchange }) => (exchange === null ? [] : [{ lineId, quantity, exchange }]));

export const stockUnavailable = refuse(
  'DEPENDENCY_UNAVAILABLE',
  'The stock for the exchange cannot be asked right now. Try again.',
  [],
);
