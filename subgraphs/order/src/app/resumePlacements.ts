import { failpoint, type Logger, newContext, newId, runInContext } from '@souk/runtime';
import { draftOf } from './checkoutPlacement.js';
import type { Placement, PlacementStore } from './ports.js';
import { PLACEMENT_LEASE_MS, type PlacementOutcome } from './runPlacement.js';

export interface ResumePlacementsDeps {
  readonly placements: PlacementStore;
  readonly run: (placement: Placement) => Promise<PlacementOutcome>;
  readonly logger: Logger;
}

const BATCH = 20;

/**
 * One round of the placement sweeper: takes over sagas whose run died or could not undo, and brings each to its end, under the
 * trace of the click that began it. Several processes may do this at once; each saga is run by one. Answers how many.
 */
export const resumePlacements = (deps: ResumePlacementsDeps) => async (): Promise<number> => {
  const placements = await deps.placements.takeOver(newId('plc'), PLACEMENT_LEASE_MS, BATCH);
  if (placements.length > 0) await failpoint('order.resume.afterTakeOver');
  await Promise.all(
    placements.map((placement) => {
      const { traceparent, correlationId, customerId } = placement;
      const actor = draftOf(placement)?.actor ?? customerId ?? 'anonymous';
      const context = newContext('background', { traceparent, correlationId, actor });
      return runInContext(context, async () => {
        try {
          const outcome = await deps.run(placement);
          deps.logger.info({ orderId: placement.orderId, outcome: outcome.kind }, 'resumed a placement');
        } catch (error) {
          deps.logger.error({ err: error, orderId: placement.orderId }, 'resuming a placement failed');
        }
      });
    }),
  );
  return placements.length;
};
