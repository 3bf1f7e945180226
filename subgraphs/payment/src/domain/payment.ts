/** Where a payment stands. Only the provider's word moves it to CAPTURED. */
export type PaymentState =
  | 'CREATED'
  | 'REQUIRES_ACTION'
  | 'PROCESSING'
  | 'AUTHORIZED'
  | 'CAPTURED'
  | 'FAILED'
  | 'CANCELLED';

/** Whether paying takes the money at once, or authorizes it until staff capture it. */
export type CaptureMethod = 'AUTOMATIC' | 'MANUAL';

export type CaptureState = 'PENDING' | 'SUCCEEDED' | 'FAILED';
export type RefundState = 'PENDING' | 'SUCCEEDED' | 'FAILED';
export type RefundInitiator = 'STAFF' | 'CUSTOMER_RETURN' | 'COMPENSATION' | 'PROVIDER';

/** A request to take authorized money, wholly or in part. What was taken is counted on the payment, by the provider's word. */
export interface Capture {
  readonly id: string;
  readonly paymentId: string;
  /** Minor units of the payment's currency. */
  readonly amountCents: number;
  /** Nothing more is taken after it: the rest of the authorization is released. */
  readonly final: boolean;
  readonly state: CaptureState;
  readonly requestKey: string;
  readonly inputHash: string;
  readonly failureCode: string | null;
  /** What had been captured when it was asked for. */
  readonly capturedBeforeCents: number;
  /** Part of the idempotency key. */
  readonly attempt: number;
  readonly createdAt: Date;
}

/** Money on its way back. Amounts in minor units of the payment's currency. */
export interface Refund {
  readonly id: string;
  readonly paymentId: string;
  readonly amountCents: number;
  readonly state: RefundState;
  readonly reason: string | null;
  readonly initiatedBy: RefundInitiator;
  /** The accepted return that it pays for, if one. */
  readonly returnId: string | null;
  /** Null when it was made at the provider. */
  readonly requestKey: string | null;
  readonly inputHash: string | null;
  readonly providerReference: string | null;
  readonly failureCode: string | null;
  /** Part of the idempotency key. */
  readonly attempt: number;
  /** When the provider is asked (again); null once it has answered for good. */
  readonly attemptAt: Date | null;
  readonly createdAt: Date;
}

/** One payment with its captures and refunds: they are decided together. Amounts in minor units of `currencyCode`. */
export interface Payment {
  readonly id: string;
  readonly orderId: string;
  /** What is paid for: the order's id, or the id of an edit that made it dearer. A purpose has one payment that is not `replaced`. */
  readonly purposeId: string;
  readonly orderNumber: string;
  /** Null for guests. */
  readonly customerId: string | null;
  readonly provider: string;
  readonly captureMethod: CaptureMethod;
  readonly state: PaymentState;
  readonly currencyCode: string;
  readonly amountCents: number;
  /** What the customer has agreed to, also after it was captured. */
  readonly authorizedCents: number;
  /** Confirmed by the provider. */
  readonly capturedCents: number;
  /** What was given up of the authorization, e.g. for cancelled lines: it is never captured. */
  readonly releasedCents: number;
  /** Confirmed by the provider. */
  readonly refundedCents: number;
  /** Decided, confirmed ones included. */
  readonly refundReservedCents: number;
  readonly disputed: boolean;
  /** Taken back by customers' banks in disputes that were lost. */
  readonly chargedBackCents: number;
  /** Null between our decision to open an intent and the provider's answer. */
  readonly providerReference: string | null;
  /** Part of the idempotency keys of calls that change the intent. */
  readonly attempt: number;
  readonly payableUntil: Date;
  /** When an authorization lapses at its provider; null when there is none, or it is not known. */
  readonly authorizedUntil: Date | null;
  /** The provider's ids of the customer and of his saved method; null unless he saves one or pays with one. */
  readonly customerReference: string | null;
  readonly methodReference: string | null;
  /** The method is kept for later purchases; false again once it is in our list. */
  readonly saveMethod: boolean;
  /** Where a provider that redirects sends the customer back to. */
  readonly returnUrl: string | null;
  readonly failureCode: string | null;
  readonly failureMessage: string | null;
  readonly failureReference: string | null;
  readonly cancelRequested: boolean;
  /** Ended before it was paid, and another payment has taken its place. */
  readonly replaced: boolean;
  /** When the provider is asked how it stands; null when that is settled. */
  readonly reconcileAt: Date | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly captures: readonly Capture[];
  readonly refunds: readonly Refund[];
}

/** One entry of a payment's history. */
export interface HistoryEntry {
  readonly id: string;
  readonly type: string;
  readonly amountCents: number | null;
  readonly providerEventId: string | null;
  readonly createdAt: Date;
}

/** A payment as it was read; its history only when it was asked for. */
export interface PaymentView extends Payment {
  readonly history?: readonly HistoryEntry[] | undefined;
}

/** Whether something may still become of it, as far as this service knows. */
export const isLive = (payment: Pick<Payment, 'state'>): boolean =>
  payment.state !== 'CAPTURED' && payment.state !== 'CANCELLED';

/**
 * A part of a transfer whose rest never came: less was ever agreed to than was to be paid. Only what staff record comes in such parts, and the
 * order has not heard of it.
 */
export const isPartOfTransfer = (
  payment: Pick<Payment, 'amountCents' | 'authorizedCents' | 'capturedCents'>,
): boolean => payment.capturedCents > 0 && payment.authorizedCents < payment.amountCents;

/** What can still be given back. */
export const refundableCents = (
  payment: Pick<Payment, 'capturedCents' | 'refundReservedCents' | 'chargedBackCents'>,
): number => Math.max(0, payment.capturedCents - payment.refundReservedCents - payment.chargedBackCents);

/** What can still be captured. */
export const capturableCents = (
  payment: Pick<Payment, 'state' | 'authorizedCents' | 'capturedCents' | 'releasedCents'>,
): number =>
  payment.state === 'AUTHORIZED'
    ? Math.max(0, payment.authorizedCents - payment.capturedCents - payment.releasedCents)
    : 0;
