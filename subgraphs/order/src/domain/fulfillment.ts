import type { ShipmentStatus } from './fulfillmentStates.js';

/** So many units of one line. */
export interface LineQuantity {
  readonly lineId: string;
  readonly quantity: number;
}

/** A parcel of an order. */
export interface Fulfillment {
  readonly id: string;
  readonly status: ShipmentStatus;
  /** As staff named it; see `carrierCode`. */
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly lines: readonly LineQuantity[];
  /** Actor and idempotency key of the call that made it, and a hash of what it asked for. */
  readonly key: string;
  readonly inputHash: string;
  readonly shippedAt: Date;
  readonly deliveredAt: Date | null;
  readonly cancelledAt: Date | null;
}
