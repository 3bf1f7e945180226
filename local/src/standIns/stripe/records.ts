/**
 * What the stand-in remembers of each Stripe object. Records are immutable and small; `render.ts` turns them into the
 * shapes of Stripe's API. Amounts are integers in the currency's minor unit, times are Unix seconds.
 */
export type Metadata = Readonly<Record<string, string>>;

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'canceled'
  | 'succeeded';

export type CaptureMethod = 'automatic' | 'automatic_async' | 'manual';

export interface PaymentMethodRecord {
  readonly id: string;
  /** Name of the test payment method, e.g. `pm_card_visa`: decides what happens when it is charged. */
  readonly testMethod: string;
  readonly created: number;
  readonly customer: string | null;
  readonly billing: BillingDetails | null;
  readonly metadata: Metadata;
}

export interface BillingDetails {
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
}

/** Why the last attempt to pay an intent failed. */
export interface PaymentError {
  readonly code: string;
  readonly declineCode: string | null;
  readonly message: string;
  readonly charge: string | null;
  readonly paymentMethod: PaymentMethodRecord;
}

export interface PaymentIntentRecord {
  readonly id: string;
  readonly clientSecret: string;
  readonly created: number;
  readonly amount: number;
  readonly amountReceived: number;
  readonly currency: string;
  readonly status: IntentStatus;
  readonly captureMethod: CaptureMethod;
  /** Set when the dashboard's payment methods are used (Stripe's default); null with explicit `payment_method_types`. */
  readonly automatic: { readonly allowRedirects: 'always' | 'never' } | null;
  readonly methodTypes: readonly string[];
  readonly metadata: Metadata;
  readonly description: string | null;
  readonly receiptEmail: string | null;
  readonly statementDescriptor: string | null;
  readonly statementDescriptorSuffix: string | null;
  readonly transferGroup: string | null;
  readonly setupFutureUsage: 'on_session' | 'off_session' | null;
  /** As it was sent; shown again unchanged. */
  readonly shipping: unknown;
  readonly customer: string | null;
  readonly paymentMethod: string | null;
  readonly latestCharge: string | null;
  readonly lastPaymentError: PaymentError | null;
  /** While the status is `requires_action`: our 3-D Secure page, and where it sends the shopper back to (null: nowhere,
   * Stripe.js shows it on the shop's page). */
  readonly authentication: { readonly url: string; readonly returnUrl: string | null } | null;
  readonly canceledAt: number | null;
  readonly cancellationReason: string | null;
}

export interface ChargeRecord {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly amountCaptured: number;
  readonly amountRefunded: number;
  readonly currency: string;
  readonly status: 'succeeded' | 'pending' | 'failed';
  readonly captured: boolean;
  readonly disputed: boolean;
  readonly paymentIntent: string;
  readonly paymentMethod: string;
  readonly testMethod: string;
  readonly customer: string | null;
  readonly metadata: Metadata;
  readonly description: string | null;
  readonly receiptEmail: string | null;
  readonly billing: BillingDetails | null;
  readonly shipping: unknown;
  readonly balanceTransaction: string | null;
  readonly failure: { readonly code: string; readonly declineCode: string | null; readonly message: string } | null;
}

export interface RefundRecord {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly charge: string;
  readonly paymentIntent: string;
  readonly reason: string | null;
  readonly status: 'succeeded' | 'pending' | 'failed' | 'canceled';
  readonly failureReason: string | null;
  readonly metadata: Metadata;
  readonly balanceTransaction: string | null;
}

export interface DisputeRecord {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly charge: string;
  readonly paymentIntent: string;
  readonly reason: string;
  readonly status: 'needs_response' | 'under_review' | 'won' | 'lost';
  readonly metadata: Metadata;
  readonly balanceTransactions: readonly BalanceTransactionRecord[];
}

/** One movement of money on the account, what reconciliation is held against. `amount` is signed. */
export interface BalanceTransactionRecord {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly fee: number;
  readonly currency: string;
  readonly type: 'charge' | 'refund' | 'refund_failure' | 'adjustment';
  readonly reportingCategory: 'charge' | 'refund' | 'refund_failure' | 'dispute' | 'dispute_reversal';
  readonly source: string;
  readonly description: string | null;
}

export interface CustomerRecord {
  readonly id: string;
  readonly created: number;
  readonly email: string | null;
  readonly name: string | null;
  readonly phone: string | null;
  readonly description: string | null;
  readonly metadata: Metadata;
  readonly deleted: boolean;
}

/** The objects an event can be about, by Stripe's name of them. */
export interface StripeObjects {
  payment_intent: PaymentIntentRecord;
  charge: ChargeRecord;
  refund: RefundRecord;
  dispute: DisputeRecord;
  payment_method: PaymentMethodRecord;
  customer: CustomerRecord;
  balance_transaction: BalanceTransactionRecord;
}
export type StripeObjectKind = keyof StripeObjects;

/** A kind together with a record of that kind. */
export type StripeObject = {
  [K in StripeObjectKind]: { readonly kind: K; readonly record: StripeObjects[K] };
}[StripeObjectKind];

/** An event keeps the version of the object that it tells about: later changes do not show in it. */
export interface EventRecord {
  readonly id: string;
  readonly type: string;
  readonly created: number;
  readonly about: StripeObject;
  readonly previous: Readonly<Record<string, unknown>> | null;
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
  /** False: the webhook endpoint does not listen to this type. */
  readonly wanted: boolean;
}

/** Present once an event's webhook was answered with 2xx. */
export interface DeliveredRecord {
  readonly id: string;
  readonly at: string;
  readonly attempts: number;
}

/** The answer that belongs to an idempotency key; the id is the key. */
export interface IdempotencyRecord {
  readonly id: string;
  readonly created: number;
  readonly path: string;
  /** Hash of the canonical parameters. */
  readonly params: string;
  readonly status: number;
  readonly body: string;
  readonly requestId: string;
}
