import { decideParcelCancellation } from '../domain/decideFulfillment.js';
import { changeParcel } from './changeParcel.js';
import type { ChangeWholeDeps, WholeResult } from './changeWhole.js';
import type { Clock } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

/**
 * A parcel that did not leave, or came back: its units wait for a parcel again, or can be cancelled. Publishes nothing. The
 * caller has checked that the viewer is staff.
 */
export const cancelParcel =
  (deps: ChangeWholeDeps & { readonly clock: Clock }) =>
  (id: string): Promise<WholeResult> =>
    changeParcel(deps)(id, (order, parcel) => {
      const now = deps.clock();
      return {
        step: decideParcelCancellation(order, parcel, now),
        tell: () => ({
          timeline: [timelineEntry('FULFILLMENT_CANCELLED', now, { data: { fulfillmentId: id } })],
          published: [],
        }),
      };
    });
