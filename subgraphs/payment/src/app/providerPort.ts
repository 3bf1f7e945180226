import type { IntentSnapshot } from '../domain/decideIntent.js';
import type { RefundSnapshot } from '../domain/decideRefund.js';
import type { Capture, CaptureMethod, Payment, Refund } from '../domain/payment.js';

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

/** An intent, and what the customer's browser needs to pay into it. */
export interface OpenedIntent {
  readonly intent: IntentSnapshot;
  /** For the provider's client library; null when it has none. */
  readonly clientSecret: string | null;
  /** Where the customer approves the payment; null unless the provider redirects. */
  readonly redirectUrl: string | null;
}

/**
 * A payment provider. Every call that changes something takes an idempotency key; repeated with the same key it does nothing
 * twice and answers the same. Throws ProviderUnavailable or ProviderRefused. It keeps nothing itself: what it needs is in the
 * payment (one without a real provider answers from it, too).
 */
export interface PaymentProvider {
  readonly code: string;
  readonly name: string;
  readonly publishableKey: string | null;
  /** How this shop has configured it; recorded in each payment when it is opened. */
  readonly captureMethod: CaptureMethod;
  /** Whether an authorization can be captured in several parts. If not, a capture of less releases the rest. */
  readonly severalCaptures: boolean;
  /** Whether it can be offered; null where the country or the amount is not known yet. */
  available(purchase: { currencyCode: string; countryCode: string | null; amountCents: number | null }): boolean;
  /** Makes the intent as the payment says: amount, capture method, customer, saved method, return URL. */
  createIntent(payment: Payment, key: string): Promise<OpenedIntent>;
  /** The intent that an earlier call for this payment has made after all; for when its key is of no use any more. */
  findIntent(payment: Payment): Promise<OpenedIntent | undefined>;
  /** Brings the intent to the payment's amount, saved method and return URL. */
  updateIntent(payment: Payment, key: string): Promise<OpenedIntent>;
  retrieveIntent(payment: Payment): Promise<OpenedIntent>;
  /**
   * Does what an APPROVED intent waits for: captures or authorizes it. An intent that waits for nothing of ours is answered as
   * it stands.
   */
  completeIntent(payment: Payment, key: string): Promise<IntentSnapshot>;
  /** Captures what is authorized, wholly or in part. A final one releases the rest. */
  captureIntent(payment: Payment, capture: Capture, key: string): Promise<IntentSnapshot>;
  /** Ends an intent, or voids what is authorized and not captured: CANCELLED, or CAPTURED when a part had been captured. */
  cancelIntent(payment: Payment, key: string): Promise<IntentSnapshot>;
  refund(payment: Payment, refund: Refund, key: string): Promise<RefundSnapshot>;
  retrieveRefund(payment: Payment, refund: Refund): Promise<RefundSnapshot>;
  listRefunds(payment: Payment): Promise<RefundSnapshot[]>;
  /** What it had booked from `from` to before `to`, oldest first where it can. Null when it has no such list. */
  readonly listTransactions: ((range: TransactionRange) => Promise<TransactionPage>) | null;
  /** How far that list may be behind by its own word, in milliseconds; 0 when it is left out. */
  readonly listLagMs?: number;
  /** Null when it tells nothing by itself. */
  readonly webhooks: ProviderWebhooks | null;
  /** Null when it saves no payment methods. */
  readonly savedMethods: SavedMethods | null;
  /** Set where no provider tells what was paid: staff record it. */
  readonly byHand?: ByHand;
}

/** How customers pay when there is no provider between them and the shop. */
export interface ByHand {
  /** How long the order waits for the money, in milliseconds; null: as long as for any other payment. */
  readonly paymentWindowMs: number | null;
  /** Where customers transfer it to; null when they pay in another way. */
  readonly bankAccount: BankAccount | null;
}

export interface BankAccount {
  readonly holder: string;
  readonly iban: string;
  readonly bic: string | null;
  readonly bankName: string | null;
}

export type Providers = ReadonlyMap<string, PaymentProvider>;

export interface ProviderWebhooks {
  /** Undefined unless the provider has signed exactly this body, within the last minutes. Throws when it cannot be checked now. */
  verify(message: WebhookMessage, now: Date): Promise<VerifiedWebhook | undefined>;
  /** Throws on a shape that is not the provider's. */
  read(webhook: Pick<VerifiedWebhook, 'type' | 'payload'>): ProviderNotice;
}

export interface WebhookMessage {
  readonly rawBody: Buffer;
  /** By lower-case name; one that was sent several times is left out. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface VerifiedWebhook {
  readonly providerEventId: string;
  readonly type: string;
  /** The message without personal data. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * What a verified webhook is about, in our words. Where it does not name the intent, `intentReference` is null and our payment's id, which
 * we wrote into it, says what it is about.
 */
export type ProviderNotice =
  | { readonly kind: 'INTENT'; readonly intent: IntentSnapshot }
  /** Something about this intent has changed; how it stands must be asked. */
  | { readonly kind: 'INTENT_CHANGED'; readonly intentReference: string | null; readonly paymentId: string | null }
  | { readonly kind: 'REFUND'; readonly refund: RefundSnapshot }
  /** Refunds of this intent have changed; which ones must be asked. */
  | { readonly kind: 'REFUNDS_CHANGED'; readonly intentReference: string | null; readonly paymentId?: string | null }
  | { readonly kind: 'DISPUTE'; readonly dispute: DisputeSnapshot; readonly paymentId?: string | null }
  | MethodNotice
  | { readonly kind: 'IRRELEVANT' };

/** A customer's saved method was added, has changed, or was removed. */
export interface MethodNotice {
  readonly kind: 'METHOD';
  readonly customerReference: string | null;
  readonly method: MethodSnapshot;
  /** When it stood so, by the provider's clock: milliseconds since 1970, whole seconds. */
  readonly asOfMs: number;
}

export interface DisputeSnapshot {
  readonly reference: string;
  readonly intentReference: string | null;
  readonly amountCents: number;
  /** INQUIRY: the bank asks, no money was taken. */
  readonly state: 'INQUIRY' | 'OPEN' | 'WON' | 'LOST' | 'CLOSED';
  /** The provider's own word for it. */
  readonly status: string;
  readonly reason: string | null;
}

/** What is known of a saved payment method: enough for its owner to tell it from others, no card data. */
export interface MethodSnapshot {
  readonly reference: string;
  readonly brand: string | null;
  readonly last4: string | null;
  readonly expMonth: number | null;
  readonly expYear: number | null;
  /** True once it cannot be paid with any more. */
  readonly removed: boolean;
}

export interface SavedMethods {
  /** The provider's customer of a user, made once per key. It is told the user's id, and nothing else about him. */
  createCustomer(userId: string, key: string): Promise<string>;
  list(customerReference: string): Promise<MethodSnapshot[]>;
  /** Removes it at the provider; one that is gone already is fine. */
  remove(methodReference: string, key: string): Promise<void>;
}

export interface TransactionRange {
  readonly from: Date;
  readonly to: Date;
  /** `nextCursor` of the page before; null for the first one. */
  readonly cursor: string | null;
}

export interface TransactionPage {
  readonly transactions: readonly ProviderTransaction[];
  /** Null after the last page. */
  readonly nextCursor: string | null;
}

/** One movement of money on our account at a provider. */
export interface ProviderTransaction {
  readonly reference: string;
  readonly kind: 'CAPTURE' | 'REFUND' | 'REFUND_REVERSAL' | 'DISPUTE' | 'DISPUTE_REVERSAL' | 'FEE' | 'PAYOUT' | 'OTHER';
  readonly intentReference: string | null;
  /** Our payment's id, where the provider repeats it. */
  readonly paymentId: string | null;
  readonly refundReference: string | null;
  readonly disputeReference: string | null;
  /** Signed, in minor units: more than zero for what comes to us. Fees are not in it. */
  readonly amountCents: number;
  readonly currencyCode: string;
  /** What the provider kept of it; null when it took nothing. */
  readonly fee: { readonly cents: number; readonly currencyCode: string } | null;
  readonly createdAt: Date;
}
