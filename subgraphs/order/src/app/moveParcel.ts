import { decideCarrierStep } from '../domain/decideFulfillment.js';
import { changeParcel } from './changeParcel.js';
import type { ChangeWholeDeps, WholeResult } from './changeWhole.js';
import type { Clock } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

/** Its carrier has the parcel, or brings it back. Publishes nothing; what comes late or twice changes nothing. */
export const moveParcel =
  (deps: ChangeWholeDeps & { readonly clock: Clock }) =>
  (id: string, step: 'MOVE' | 'SEND_BACK'): Promise<WholeResult> =>
    changeParcel(deps)(id, (order, parcel) => {
      const type = step === 'MOVE' ? 'PARCEL_MOVED' : 'PARCEL_SENT_BACK';
      return {
        step: decideCarrierStep(order, parcel, step),
        tell: () => ({
          timeline: [timelineEntry(type, deps.clock(), { data: { fulfillmentId: id } })],
          published: [],
        }),
      };
    });
