import type { Money } from '@souk/money';
import type { Fulfillment } from '../domain/fulfillment.js';
import type { WholeOrder } from '../domain/wholeOrder.js';
import type { ReserveAnswer } from './ports.js';

/** By what an order is found. */
export type OrderHandle =
  | { readonly kind: 'order'; readonly id: string }
  | { readonly kind: 'fulfillment'; readonly id: string }
  | { readonly kind: 'return'; readonly id: string };

/** Orders with everything that is decided on once they are paid. What is decided is written by `OrderStore.apply`. */
export interface WholeOrders {
  /** The order with this id, or to which this parcel or return belongs; one statement. */
  of(by: OrderHandle): Promise<WholeOrder | undefined>;
  /** Delivered orders without an open return or edit: all that came back, or whose delivery was before that moment. */
  completable(deliveredBefore: Date, limit: number): Promise<WholeOrder[]>;
  /** Returns that hold stock for an exchange and should not: the time is over, or the return was called off. */
  lapsedHolds(now: Date, limit: number): Promise<string[]>;
  /** Parcels with this number, whoever carries them. */
  byTrackingNumber(trackingNumber: string): Promise<Pick<Fulfillment, 'id' | 'carrier'>[]>;
}

/** An article of the catalogue as it is sold today. */
export interface Article {
  readonly variantId: string;
  readonly productName: string;
  readonly variantName: string | null;
  readonly sku: string;
  readonly imageUrl: string | null;
  readonly price: Money;
  readonly purchasable: boolean;
}

/** The product service's catalogue: those that exist, by id. Rejects with `ServiceUnavailable` when it cannot be asked. */
export type Articles = (variantIds: readonly string[]) => Promise<ReadonlyMap<string, Article>>;

/** Stock that is held for exchanges, under the return's id. */
export interface ExchangeStock {
  /** Holds exactly these lines, or nothing when they are short; also after the time was over. */
  hold(
    returnId: string,
    lines: readonly { readonly variantId: string; readonly quantity: number }[],
    expiresAt: Date,
  ): Promise<ReserveAnswer>;
  /** Gives back what was held before that moment; it can be held again. */
  lapse(returnId: string, asOf: Date): Promise<void>;
  /** Gives it back for good. */
  release(returnId: string): Promise<void>;
}

export const CARRIER_STEPS = ['SHIPPED', 'IN_TRANSIT', 'DELIVERED', 'RETURNED_TO_SENDER'] as const;
export type CarrierStep = (typeof CARRIER_STEPS)[number];

/** What a carrier tells about a parcel. */
export interface CarrierMessage {
  /** The carrier's name of this message: it may come any number of times. */
  readonly eventId: string;
  readonly type: CarrierStep;
  readonly trackingNumber: string;
  readonly occurredAt: Date;
}

export type CarrierReading =
  /** Not signed by this carrier, or too long ago. */
  | { readonly kind: 'REFUSED' }
  /** Signed, and not to be understood. */
  | { readonly kind: 'MALFORMED' }
  /** Signed, and about something that orders do not follow. */
  | { readonly kind: 'IGNORED' }
  | { readonly kind: 'MESSAGE'; readonly message: CarrierMessage };

/** One carrier's webhooks. */
export interface CarrierPort {
  read(rawBody: Buffer, signature: string | undefined, now: Date): CarrierReading;
}

/** A message that is stored and not applied yet. */
export interface StoredCarrierEvent extends CarrierMessage {
  readonly carrier: string;
  readonly attempts: number;
  readonly receivedAt: Date;
  readonly traceparent: string;
}

export interface CarrierEvents {
  /** Stores a message, claimed for its first attempt. Undefined when it is known already. */
  store(
    carrier: string,
    message: CarrierMessage,
    traceparent: string,
    leaseMs: number,
  ): Promise<StoredCarrierEvent | undefined>;
  /** Claims messages that are due; several processes never get the same one. */
  claimDue(limit: number, leaseMs: number): Promise<StoredCarrierEvent[]>;
  settle(event: StoredCarrierEvent, state: 'PROCESSED' | 'UNKNOWN'): Promise<void>;
  postpone(event: StoredCarrierEvent, delayMs: number): Promise<void>;
}
