import { decideCompletion } from '../domain/decideCompletion.js';
import { type ChangeWholeDeps, changeWhole, type WholeResult } from './changeWhole.js';
import type { Clock } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

/** Completes an order: nothing is shipped or returned any more. Publishes nothing. The caller has checked that the viewer is staff. */
export const completeOrder =
  (deps: ChangeWholeDeps & { readonly clock: Clock }) =>
  (id: string, by: 'staff' | 'system'): Promise<WholeResult> =>
    changeWhole(deps)({ kind: 'order', id }, (order) => {
      const now = deps.clock();
      return {
        step: decideCompletion(order, by, now),
        tell: () => ({ timeline: [timelineEntry('COMPLETED', now)], published: [] }),
      };
    });
