import type { EventEnvelope } from '@souk/events';
import type { Dispute } from '../domain/decideDispute.js';
import type { LedgerTransaction } from '../domain/ledger.js';
import type { Capture, HistoryEntry, Payment, PaymentView, Refund } from '../domain/payment.js';
import type { MethodSnapshot } from './providerPort.js';

export * from './providerPort.js';

export interface OrderForPayment {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly currencyCode: string;
  /** What is to be paid for now: the order's id, or the id of an edit that waits for its payment. */
  readonly purposeId: string;
  /** What that costs. */
  readonly dueCentAmount: number;
  /** Where it is sent to. */
  readonly countryCode: string | null;
  readonly customerId: string | null;
  readonly paymentDueAt: Date;
  readonly payable: boolean;
}

/** The order service. Throws ServiceUnavailable. */
export interface OrderPort {
  forPayment(orderId: string): Promise<OrderForPayment | null>;
  /** The order, and its stock, wait for the money until then. False when it waits no longer than before. */
  extendPaymentWindow(orderId: string, until: Date): Promise<boolean>;
}

export interface SessionOpening {
  readonly payment: Payment;
  readonly scope: string;
  readonly key: string;
  readonly inputHash: string;
}

/** What one decision writes: all of it, or nothing when the payment has changed since it was read. */
export interface PaymentChange {
  readonly before: Payment;
  readonly after: Payment;
  readonly captures?: readonly Capture[];
  readonly refunds?: readonly Refund[];
  readonly ledger?: readonly LedgerTransaction[];
  readonly history?: readonly HistoryEntry[];
  readonly dispute?: Dispute;
  readonly published?: readonly EventEnvelope[];
  /** The webhook that told it, which is processed with it. */
  readonly webhookId?: string | undefined;
  /** The event that caused it, whose inbox row is written with it. */
  readonly causedBy?: string | undefined;
}

export interface PaymentStore {
  /** Opens the purpose's payment, or answers the one it has; KEY_REUSED when the key came with other input. One statement. */
  open(opening: SessionOpening): Promise<Payment | 'KEY_REUSED'>;
  byIds(ids: readonly string[], history: boolean): Promise<(PaymentView | undefined)[]>;
  byOrderIds(orderIds: readonly string[], history: boolean): Promise<PaymentView[]>;
  /** By the provider's reference, or by the id that we wrote into the intent: while its reference is not known, or is not told (null). */
  ofIntent(provider: string, reference: string | null, paymentId: string | null): Promise<Payment | undefined>;
  /** The order's payments, oldest first, and whether this event was applied before. */
  forEvent(orderId: string, eventId: string): Promise<{ payments: Payment[]; applied: boolean }>;
  /** False when the payment has changed since it was read: read and decide again. */
  apply(change: PaymentChange): Promise<boolean>;
  /** All of these changes, of different payments, or none of them. */
  applyAll(changes: readonly PaymentChange[]): Promise<boolean>;
  disputesOf(paymentIds: readonly string[]): Promise<Dispute[]>;
  /** Marks an event as applied that changes nothing here. */
  markApplied(eventId: string): Promise<void>;
  /** Payments whose end we have not heard of, due to be asked about; each is given to one process, and comes again later. */
  takeUnsettled(limit: number): Promise<Payment[]>;
  /** Refunds that the provider must be asked for (again); each is given to one process. */
  takeRefunds(limit: number): Promise<{ paymentId: string; refundId: string }[]>;
}

/** Who owns the payments of an order that a guest had placed. */
export interface OrderClaims {
  /** Gives the order's payments that have no owner to this one, and marks the event as applied. */
  assign(orderId: string, customerId: string, eventId: string): Promise<void>;
}

/** A payment method that a provider keeps for a user. */
export interface SavedMethod extends Omit<MethodSnapshot, 'removed'> {
  readonly id: string;
  readonly userId: string;
  readonly provider: string;
  readonly isDefault: boolean;
}

/** References to what providers keep for users. */
export interface MethodStore {
  customerOf(userId: string, provider: string): Promise<string | undefined>;
  /** Answers the one that was recorded first. */
  recordCustomer(userId: string, provider: string, reference: string): Promise<string>;
  /** Not the removed ones; the default first, then the newest. One statement. */
  ofUsers(userIds: readonly string[]): Promise<SavedMethod[]>;
  find(userId: string, id: string): Promise<SavedMethod | undefined>;
  /**
   * Adds and updates methods of a customer; his first one becomes his default. Removed ones stay removed. A null customer stands for
   * the one that has the method. What is known to have been so later than `asOf` is kept. False when neither is known here.
   */
  save(
    provider: string,
    customerReference: string | null,
    methods: readonly MethodSnapshot[],
    asOf: Date,
  ): Promise<boolean>;
  /** Marks it as removed, here first; the newest other one becomes the default in its place. False when he never had it. */
  remove(userId: string, id: string): Promise<boolean>;
  /** False when he has no such method. */
  setDefault(userId: string, id: string): Promise<boolean>;
  /** Methods that are still to be removed at their provider; each is given to one process, and comes again later. */
  takeRemoved(limit: number): Promise<SavedMethod[]>;
  removed(id: string): Promise<void>;
}

export type WebhookStatus = 'RECEIVED' | 'PROCESSED' | 'IGNORED' | 'FAILED';

export interface StoredWebhook {
  readonly id: string;
  readonly provider: string;
  readonly providerEventId: string;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly attempts: number;
}

export interface WebhookRecord {
  readonly id: string;
  readonly provider: string;
  readonly providerEventId: string;
  readonly type: string;
  readonly status: WebhookStatus;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly receivedAt: Date;
}

export interface WebhookStore {
  /** False when this message was stored before. One that is relevant is leased to this process for a moment. */
  store(webhook: StoredWebhook, relevant: boolean): Promise<boolean>;
  /** Unprocessed messages whose time has come; each is given to one process. */
  take(limit: number): Promise<StoredWebhook[]>;
  settle(id: string, status: 'PROCESSED' | 'IGNORED' | 'FAILED', error: string | null): Promise<void>;
  park(id: string, error: string, delayMs: number): Promise<void>;
  /** Puts a message back to RECEIVED, leased to this process. Undefined when there is none. */
  reopen(id: string): Promise<StoredWebhook | undefined>;
  find(id: string): Promise<WebhookRecord | undefined>;
  /** Deletes at most `limit` messages that were settled before then, and as many keys of sessions that old. Answers how many. */
  purge(before: Date, limit: number): Promise<number>;
  list(request: { status: WebhookStatus | null; first: number; after: string | null }): Promise<WebhookRecord[]>;
}

/** The staff's list. */
export interface PaymentList {
  page(request: {
    filter: { state?: string | undefined; orderId?: string | undefined; createdAfter?: Date | undefined };
    first: number;
    after: { createdAt: string; id: string } | null;
    totalCount: boolean;
  }): Promise<{ ids: string[]; hasNextPage: boolean; totalCount: number | undefined }>;
  /** Newest first; `after` is the id of a dispute. */
  disputes(request: { open: boolean; first: number; after: string | null }): Promise<Dispute[]>;
}

/** Now, in a form that tests can set. */
export type Clock = () => Date;
