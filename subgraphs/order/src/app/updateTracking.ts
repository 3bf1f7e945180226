import { decideTracking } from '../domain/decideFulfillment.js';
import { changeParcel } from './changeParcel.js';
import type { ChangeWholeDeps, WholeResult } from './changeWhole.js';
import { invalid, trackingFault } from './inputFaults.js';
import type { Clock } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

/**
 * Gives a parcel that is on its way another tracking number, and another carrier when one is named. Publishes nothing. The caller has
 * checked that the viewer is staff.
 */
export const updateTracking =
  (deps: ChangeWholeDeps & { readonly clock: Clock }) =>
  async (command: { id: string; trackingNumber: string; carrier: string | null }): Promise<WholeResult> => {
    const trackingNumber = command.trackingNumber.trim();
    const named = command.carrier?.trim() || null;
    const empty = { code: 'INVALID', message: 'A tracking number is not empty.', field: ['trackingNumber'] } as const;
    const fault = trackingNumber === '' ? empty : trackingFault(named, trackingNumber);
    if (fault !== null) return invalid(fault);
    return changeParcel(deps)(command.id, (order, parcel) => {
      const tracking = { trackingNumber, carrier: named ?? parcel.carrier };
      const data = { fulfillmentId: parcel.id, ...tracking };
      return {
        step: decideTracking(order, parcel, tracking),
        tell: () => ({ timeline: [timelineEntry('TRACKING_UPDATED', deps.clock(), { data })], published: [] }),
      };
    });
  };
