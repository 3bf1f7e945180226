import { createHash } from 'node:crypto';
import { events, newEvent } from '@souk/events';
import { actorOf, newId, type Viewer } from '@souk/runtime';
import { decideShipping } from '../domain/decideFulfillment.js';
import type { LineQuantity } from '../domain/fulfillment.js';
import { type ChangeWholeDeps, changeWhole, type WholeResult } from './changeWhole.js';
import { invalid, keyFault, trackingFault } from './inputFaults.js';
import { parcelEvent } from './parcelEvents.js';
import type { Clock } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

export interface ShipParcelCommand {
  readonly orderId: string;
  readonly lines: readonly LineQuantity[];
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly idempotencyKey: string;
}

export type ParcelResult = { readonly result: WholeResult; readonly fulfillmentId: string | null };

/**
 * Hands units of a paid order to a carrier and publishes `fulfillment.shipped`. Never more of a line than was ordered and has
 * not left, however many staff press at once; a key ships once. The caller has checked that the viewer is staff.
 */
export const shipParcel =
  (deps: ChangeWholeDeps & { readonly clock: Clock }) =>
  async (viewer: Viewer, command: ShipParcelCommand): Promise<ParcelResult> => {
    const carrier = command.carrier?.trim() || null;
    const trackingNumber = command.trackingNumber?.trim() || null;
    const fault = keyFault(command.idempotencyKey, ['idempotencyKey']) ?? trackingFault(carrier, trackingNumber);
    if (fault !== null) return { result: invalid(fault), fulfillmentId: null };
    const id = newId('ful');
    const lines = command.lines.map(({ lineId, quantity }) => ({ lineId, quantity }));
    const key = `${actorOf(viewer)}:${command.idempotencyKey}`;
    const inputHash = hashOf(lines, carrier, trackingNumber);
    const result = await changeWhole(deps)({ kind: 'order', id: command.orderId }, (order) => {
      const now = deps.clock();
      return {
        step: decideShipping(order, { id, lines, carrier, trackingNumber, key, inputHash }, now),
        tell: (after) => ({
          timeline: [timelineEntry('FULFILLED', now, { data: { fulfillmentId: id, carrier, trackingNumber } })],
          published: [newEvent(events.fulfillmentShipped, parcelEvent(after, id, now))],
        }),
      };
    });
    if (!result.ok) return { result, fulfillmentId: null };
    return { result, fulfillmentId: result.order.fulfillments.find((parcel) => parcel.key === key)?.id ?? null };
  };

function hashOf(lines: readonly LineQuantity[], carrier: string | null, trackingNumber: string | null): string {
  const sorted = lines.map(({ lineId, quantity }) => [lineId, quantity]).sort();
  return createHash('sha256')
    .update(JSON.stringify([sorted, carrier, trackingNumber]))
    .digest('base64url');
}
