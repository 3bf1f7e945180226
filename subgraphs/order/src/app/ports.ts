import type { EventEnvelope } from '@souk/events';
import type { Money } from '@souk/money';
import type { CheckedOutCart, PlacedOrder } from '../domain/decidePlacement.js';
import type { Fulfillment } from '../domain/fulfillment.js';
import type { Order, OrderLine, OrderView, TimelineEntry } from '../domain/order.js';
import type { FulfillmentStatus, OrderStatus } from '../domain/orderStates.js';
import type { PlainRefusal, Refusal } from '../domain/refusal.js';
import type { OrderReturn } from '../domain/return.js';
import type { EditWrite } from './editPorts.js';

/** What a customer asked for when he pressed Place order, or staff when they completed a draft. */
export type PlacementInput = CartPlacement | DraftPlacement;

export interface CartPlacement {
  readonly cartId: string;
  readonly cartVersion: number;
  readonly expectedTotal: Money;
  readonly locale: string;
}

export interface DraftPlacement {
  readonly draftId: string;
  readonly draftVersion: number;
  readonly expectedTotal: Money;
  readonly locale: string;
  /** Who completed it. */
  readonly actor: string;
}

/**
 * RUNNING → PLACED, or RUNNING → UNDOING → REFUSED (remembered under the key) or ABANDONED (an outage: the key may try
 * again). A cart's refusal goes to REFUSED at once, there is nothing to undo.
 */
export type PlacementStep = 'RUNNING' | 'PLACED' | 'UNDOING' | 'REFUSED' | 'ABANDONED';

/** The persisted saga of one placement. */
export interface Placement {
  readonly scope: string;
  readonly key: string;
  readonly inputHash: string;
  readonly input: PlacementInput;
  readonly orderId: string;
  readonly customerId: string | null;
  readonly step: PlacementStep;
  readonly runToken: string;
  readonly leaseExpired: boolean;
  /** How often it was taken over from a run that did not end it. */
  readonly attempts: number;
  readonly refusal: PlacementRefusal | null;
  readonly traceparent: string;
  readonly correlationId: string;
}

/** `remembered` refusals are the key's answer for ever; the others let the key try again once they are undone. */
export interface PlacementRefusal {
  readonly remembered: boolean;
  readonly errors: readonly Refusal[];
}

export type PlacementClaim = Pick<
  Placement,
  'scope' | 'key' | 'inputHash' | 'input' | 'orderId' | 'customerId' | 'runToken' | 'traceparent' | 'correlationId'
>;

/** Every change is fenced by the run token: a run that was taken over changes nothing. */
export interface PlacementStore {
  /** Claims the key, or answers who has it. It is ours when the answer carries our run token. */
  claim(claim: PlacementClaim, leaseMs: number): Promise<Placement>;
  find(scope: string, key: string): Promise<Placement | undefined>;
  /** Commits order, lines, timeline, events and the saga's end together. */
  commit(
    placement: Placement,
    placed: PlacedOrder,
    published: readonly EventEnvelope[],
  ): Promise<'COMMITTED' | 'LOST' | 'NUMBER_TAKEN'>;
  /** Decides for good that there will be no order. False when the run was lost. */
  startUndo(placement: Placement, refusal: PlacementRefusal, leaseMs: number): Promise<boolean>;
  /** RUNNING or UNDOING → REFUSED or ABANDONED. */
  endRefused(placement: Placement, refusal: PlacementRefusal): Promise<void>;
  /** Gives the saga back to the sweeper, which takes it up after `delayMs`. */
  postpone(placement: Placement, delayMs: number): Promise<void>;
  /** Takes over sagas whose run has not ended them in time; several processes never get the same one. */
  takeOver(runToken: string, leaseMs: number, limit: number): Promise<Placement[]>;
}

export type CheckoutAnswer =
  | { readonly kind: 'LOCKED'; readonly cart: CheckedOutCart }
  | { readonly kind: 'REFUSED'; readonly refusals: readonly Refusal[] }
  /** The cart's service cannot say: the catalogue is down, or this order was released meanwhile. */
  | { readonly kind: 'UNAVAILABLE' };

/** The cart service. Both calls are idempotent by order; a release stops a checkout that is still on its way. */
export interface CartPort {
  checkout(request: {
    cartId: string;
    cartVersion: number;
    orderId: string;
    viewerUserId: string | null;
  }): Promise<CheckoutAnswer>;
  release(orderId: string): Promise<void>;
}

export type ReserveAnswer =
  | { readonly kind: 'RESERVED' }
  | {
      readonly kind: 'SHORT';
      readonly lines: readonly { readonly variantId: string; readonly quantityAvailable: number }[];
    }
  /** The reservation of this order was released meanwhile, or holds something else. */
  | { readonly kind: 'CONTRADICTED' };

/** The product service's stock. All calls are idempotent by order. */
export interface StockPort {
  reserve(
    orderId: string,
    lines: readonly { readonly variantId: string; readonly quantity: number }[],
    expiresAt: Date,
  ): Promise<ReserveAnswer>;
  release(orderId: string): Promise<void>;
  /** Holds what the order has reserved longer, whatever it is by now. GONE when some of it is not held any more. */
  extend(stockIds: readonly string[], expiresAt: Date): Promise<'HELD' | 'GONE'>;
  /** Sells the order's stock, also when its reservation was released, as long as there is enough. */
  sell(stockIds: readonly string[]): Promise<'SOLD' | 'SHORT'>;
}

/** Which parts of orders to read along. */
export interface OrderParts {
  readonly lines: boolean;
  readonly timeline: boolean;
  /** Fulfilments and returns; lists leave them to a statement of their own. */
  readonly parcels?: boolean;
}

/** A decided change of one order. All of `after` is written, and with it, in the same transaction, what else belongs to the change. */
export interface OrderChange {
  readonly before: Order;
  readonly after: Order;
  /** Lines as they are now, those that are new included; the others stay as they are. */
  readonly lines?: readonly OrderLine[];
  /** Parcels and returns as they are now, new or changed. */
  readonly fulfillments?: readonly Fulfillment[];
  readonly returns?: readonly OrderReturn[];
  /** The edit that this change applies, proposes or ends. When it stands otherwise than `from`, nothing is written. */
  readonly edit?: EditWrite;
  readonly timeline: readonly TimelineEntry[];
  readonly published: readonly EventEnvelope[];
}

export interface OrderPage {
  readonly orders: readonly OrderView[];
  readonly hasNextPage: boolean;
  /** Undefined unless it was asked for. */
  readonly totalCount: number | undefined;
}

export interface CustomerOrdersRequest extends OrderParts {
  readonly first: number;
  readonly after: { readonly placedAt: string; readonly id: string } | null;
  readonly status: OrderStatus | null;
  /** What else is asked for; null: nothing. */
  readonly filter: Omit<OrderFilter, 'status' | 'customerId'> | null;
  readonly totalCount: boolean;
}

export interface OrderStore {
  /** In the order of `ids`; undefined where there is none. One statement. */
  byIds(ids: readonly string[], parts: OrderParts): Promise<(OrderView | undefined)[]>;
  /** The newest orders of each customer, one statement for all of them. */
  ofCustomers(customerIds: readonly string[], request: CustomerOrdersRequest): Promise<OrderPage[]>;
  /** An order as it stands, and whether this event was applied to it before. */
  forEvent(orderId: string, eventId: string): Promise<{ order: Order | undefined; applied: boolean }>;
  /** Orders whose payment is overdue, the oldest first. */
  overdue(limit: number): Promise<Order[]>;
  /**
   * Applies changes whose order still has the version it was decided on, each with its timeline, its events and (when
   * one caused it) the inbox row; all in one statement. Answers the ids of the orders that were changed.
   */
  apply(changes: readonly OrderChange[], causedBy?: string): Promise<ReadonlySet<string>>;
}

export interface OrderFilter {
  readonly status?: OrderStatus | undefined;
  readonly fulfillmentStatus?: FulfillmentStatus | undefined;
  readonly customerId?: string | undefined;
  /** The beginning of a number, a whole e-mail address, or a whole SKU. */
  readonly search?: string | undefined;
  readonly placedAfter?: Date | undefined;
  readonly placedBefore?: Date | undefined;
  /** Bounds of the total, both included, in minor units of `currencyCode`. */
  readonly totalFromCents?: number | undefined;
  readonly totalToCents?: number | undefined;
  readonly currencyCode?: string | undefined;
}

/** The staff's list. */
export interface OrderList {
  page(request: {
    filter: OrderFilter;
    first: number;
    after: { placedAt: string; id: string } | null;
    totalCount: boolean;
  }): Promise<{ ids: string[]; hasNextPage: boolean; totalCount: number | undefined }>;
}

/** Guests' look-ups, counted. */
export interface GuestLookup {
  /** Counts this try, then looks. `tooMany` when a limit was passed: then it has not looked. */
  find(request: {
    number: string;
    email: string;
    client: string | null;
    parts: OrderParts;
  }): Promise<{ kind: 'FOUND'; order: OrderView } | { kind: 'NONE' } | { kind: 'TOO_MANY' }>;
  /** Forgets windows that have ended. */
  sweep(): Promise<void>;
}

/** The user service's accounts. */
export interface Accounts {
  /** The address that the account has proved to be its own, as addresses are compared; null when there is none. Throws ServiceUnavailable. */
  verifiedEmail(userId: string): Promise<string | null>;
}

export interface GuestOrder {
  readonly id: string;
  readonly version: number;
  readonly email: string;
}

/** Guests' orders on their way to an account. */
export interface GuestClaims {
  /** Orders without an owner that may be of this address, newest first; the caller compares. */
  candidates(email: string, limit: number): Promise<GuestOrder[]>;
  /** Gives the orders that still stand as they were read, and have no owner, to the customer. Answers their ids. One statement. */
  assign(
    customerId: string,
    claims: readonly { readonly order: GuestOrder; readonly entry: TimelineEntry; readonly event: EventEnvelope }[],
  ): Promise<ReadonlySet<string>>;
}

/** Now, in a form that tests can set. */
export type Clock = () => Date;
export type { PlainRefusal };
