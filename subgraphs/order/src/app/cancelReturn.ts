import type { Viewer } from '@souk/runtime';
import { decideReturnCancellation } from '../domain/decideReturn.js';
import { changeReturn, noSuchReturn } from './changeReturn.js';
import type { WholeResult } from './changeWhole.js';
import { type ReleaseHoldDeps, releaseHold } from './releaseHolds.js';
import { timelineEntry } from './timelineEntry.js';
import { actingOn } from './viewerMaySee.js';

/**
 * Calls a return off before the goods have arrived: by the order's customer, or by staff with orders:write. Publishes nothing; what was
 * held for an exchange is free again.
 */
export const cancelReturn =
  (deps: ReleaseHoldDeps) =>
  async (viewer: Viewer, id: string): Promise<WholeResult> => {
    const result = await changeReturn(deps)(id, (order, back) => {
      const by = actingOn(viewer, order);
      if (by === null) return noSuchReturn;
      const now = deps.clock();
      const data = { returnId: id, number: back.number };
      return {
        step: decideReturnCancellation(order, back, by, now),
        tell: () => ({ timeline: [timelineEntry('RETURN_CANCELLED', now, { data })], published: [] }),
      };
    });
    return releaseHold(deps, result, id);
  };
