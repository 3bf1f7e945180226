import type { EventEnvelope } from '@souk/events';
import type { IntentSnapshot } from '../domain/decideIntent.js';
import type { RefundSnapshot } from '../domain/decideRefund.js';
import type { LedgerTransaction } from '../domain/ledger.js';
import type { HistoryEntry, Payment, PaymentView, Refund } from '../domain/payment.js';

/** The provider did not answer, or not clearly: what was asked may have happened. Ask again with the same key. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable';
  constructor(
    message: string,
    /** True when it did answer, with a failure of its own: it may give the same answer to this key for a day. */
    readonly answered = false,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The provider said no: it did not happen, and asking the same again gets the same answer. */
export class ProviderRefused extends Error {
  override readonly name = 'ProviderRefused';
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What a verified webhook is about, in our words. */
export type ProviderNotice =
  | { readonly kind: 'INTENT'; readonly intent: IntentSnapshot }
  | { readonly kind: 'REFUND'; readonly refund: RefundSnapshot }
  /** Refunds of this intent have changed; which ones must be asked. */
  | { readonly kind: 'REFUNDS_CHANGED'; readonly intentReference: string }
  | { readonly kind: 'DISPUTE'; readonly dispute: DisputeSnapshot }
  | { readonly kind: 'IRRELEVANT' };

export interface DisputeSnapshot {
  readonly reference: string;
  readonly intentReference: string;
  readonly amountCents: number;
  readonly status: string;
  readonly reason: string | null;
  readonly open: boolean;
}

export interface VerifiedWebhook {
  readonly providerEventId: string;
  readonly type: string;
  /** The message without personal data. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * A payment provider. Every call that changes something takes an idempotency key; repeated with the same key it does nothing
 * twice and answers the same. Throws ProviderUnavailable or ProviderRefused.
 */
export interface PaymentProvider {
  readonly code: string;
  readonly name: string;
  readonly publishableKey: string | null;
  /** Whether it can take this currency. */
  supports(currencyCode: string): boolean;
  createIntent(payment: Payment, key: string): Promise<{ intent: IntentSnapshot; clientSecret: string | null }>;
  /** The intent that an earlier call for this payment has made after all; for when its key is of no use any more. */
  findIntent(payment: Payment): Promise<{ intent: IntentSnapshot; clientSecret: string | null } | undefined>;
  updateAmount(payment: Payment, key: string): Promise<{ intent: IntentSnapshot; clientSecret: string | null }>;
  retrieveIntent(reference: string): Promise<{ intent: IntentSnapshot; clientSecret: string | null }>;
  cancelIntent(reference: string, key: string): Promise<IntentSnapshot>;
  refund(payment: Payment, refund: Refund, key: string): Promise<RefundSnapshot>;
  retrieveRefund(reference: string): Promise<RefundSnapshot>;
  listRefunds(intentReference: string): Promise<RefundSnapshot[]>;
  /** Undefined unless the provider has signed exactly this body, within the last minutes. */
  verifyWebhook(rawBody: Buffer, signature: string | undefined, now: Date): VerifiedWebhook | undefined;
  readNotice(webhook: Pick<VerifiedWebhook, 'type' | 'payload'>): ProviderNotice;
}

export type Providers = ReadonlyMap<string, PaymentProvider>;

export interface OrderForPayment {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly currencyCode: string;
  readonly totalCentAmount: number;
  readonly customerId: string | null;
  readonly paymentDueAt: Date;
  readonly payable: boolean;
}

/** The order service. Throws ServiceUnavailable. */
export interface OrderPort {
  forPayment(orderId: string): Promise<OrderForPayment | null>;
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
  readonly refunds?: readonly Refund[];
  readonly ledger?: readonly LedgerTransaction[];
  readonly history?: readonly HistoryEntry[];
  readonly dispute?: DisputeSnapshot & { readonly id: string };
  readonly published?: readonly EventEnvelope[];
  /** The webhook that told it, which is processed with it. */
  readonly webhookId?: string | undefined;
  /** The event that caused it, whose inbox row is written with it. */
  readonly causedBy?: string | undefined;
}

export interface PaymentStore {
  /** Opens the order's payment, or answers the one it has; KEY_REUSED when the key came with other input. One statement. */
  open(opening: SessionOpening): Promise<Payment | 'KEY_REUSED'>;
  byIds(ids: readonly string[], history: boolean): Promise<(PaymentView | undefined)[]>;
  byOrderIds(orderIds: readonly string[], history: boolean): Promise<PaymentView[]>;
  /** By the provider's reference, or by the id that we wrote into the intent. */
  ofIntent(provider: string, reference: string, paymentId: string | null): Promise<Payment | undefined>;
  /** The order's payment, and whether this event was applied before. */
  forEvent(orderId: string, eventId: string): Promise<{ payment: Payment | undefined; applied: boolean }>;
  /** False when the payment has changed since it was read: read and decide again. */
  apply(change: PaymentChange): Promise<boolean>;
  /** Marks an event as applied that changes nothing here. */
  markApplied(eventId: string): Promise<void>;
  /** Payments whose end we have not heard of, due to be asked about; each is given to one process, and comes again later. */
  takeUnsettled(limit: number): Promise<Payment[]>;
  /** Refunds that the provider must be asked for (again); each is given to one process. */
  takeRefunds(limit: number): Promise<{ paymentId: string; refundId: string }[]>;
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
}

/** Now, in a form that tests can set. */
export type Clock = () => Date;
