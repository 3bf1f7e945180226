import { events, newEvent } from '@souk/events';
import { decideDecline } from '../domain/decideReturn.js';
import { changeReturn } from './changeReturn.js';
import type { WholeResult } from './changeWhole.js';
import { invalid, textFault } from './inputFaults.js';
import { returnEvent } from './parcelEvents.js';
import { type ReleaseHoldDeps, releaseHold } from './releaseHolds.js';
import { timelineEntry } from './timelineEntry.js';

const MAX_REASON = 500;

/**
 * Does not agree to a return and publishes `return.declined`; the customer is told the reason. The caller has checked that the viewer
 * is staff.
 */
export const declineReturn =
  (deps: ReleaseHoldDeps) =>
  async (id: string, text: string): Promise<WholeResult> => {
    const reason = text.trim();
    const empty = { code: 'INVALID', message: 'Say why it is declined.', field: ['reason'] } as const;
    const fault = reason === '' ? empty : textFault(reason, MAX_REASON, ['reason']);
    if (fault !== null) return invalid(fault);
    const result = await changeReturn(deps)(id, (order, back) => {
      const now = deps.clock();
      const data = { returnId: id, number: back.number };
      return {
        step: decideDecline(order, back, reason, now),
        tell: (after) => ({
          timeline: [timelineEntry('RETURN_DECLINED', now, { message: reason, data })],
          published: [newEvent(events.returnDeclined, returnEvent(after, id, now))],
        }),
      };
    });
    return releaseHold(deps, result, id);
  };
