import { events, newEvent } from '@souk/events';
import { decideDelivery } from '../domain/decideFulfillment.js';
import { changeParcel } from './changeParcel.js';
import type { ChangeWholeDeps, WholeResult } from './changeWhole.js';
import { parcelEvent } from './parcelEvents.js';
import type { Clock } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

/**
 * A parcel has arrived: publishes `fulfillment.delivered`, once, whoever tells it how often. The return window begins when the
 * last one has. The caller has checked that this is staff or the parcel's carrier.
 */
export const deliverParcel =
  (deps: ChangeWholeDeps & { readonly clock: Clock }) =>
  (id: string, by: 'staff' | 'carrier', at?: Date): Promise<WholeResult> =>
    changeParcel(deps)(id, (order, parcel) => {
      const now = deps.clock();
      // A carrier's clock may be wrong: no parcel arrives before it left, or later than now.
      const arrived = Math.max(Math.min((at ?? now).getTime(), now.getTime()), parcel.shippedAt.getTime());
      return {
        step: decideDelivery(order, parcel, by, new Date(arrived)),
        tell: (after) => ({
          timeline: [timelineEntry('DELIVERED', now, { data: { fulfillmentId: id } })],
          published: [newEvent(events.fulfillmentDelivered, parcelEvent(after, id, now))],
        }),
      };
    });
