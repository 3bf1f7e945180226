/** Where a payment stands. Only the provider's word moves it to CAPTURED. */
export type PaymentState =
  | 'CREATED'
  | 'REQUIRES_ACTION'
  | 'PROCESSING'
  | 'AUTHORIZED'
  | 'CAPTURED'
  | 'FAILED'
  | 'CANCELLED';

export type RefundState = 'PENDING' | 'SUCCEEDED' | 'FAILED';
export type RefundInitiator = 'STAFF' | 'COMPENSATION' | 'PROVIDER';

/** Money on its way back. Amounts in minor units of the payment's currency. */
export interface Refund {
  readonly id: string;
  readonly paymentId: string;
  readonly amountCents: number;
  readonly state: RefundState;
  readonly reason: string | null;
  readonly initiatedBy: RefundInitiator;
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

/** The payment of one order, with its refunds: they are decided together. Amounts in minor units of `currencyCode`. */
export interface Payment {
  readonly id: string;
  readonly orderId: string;
  readonly orderNumber: string;
  /** Null for guests. */
  readonly customerId: string | null;
  readonly provider: string;
  readonly state: PaymentState;
  readonly currencyCode: string;
  readonly amountCents: number;
  readonly authorizedCents: number;
  readonly capturedCents: number;
  /** Confirmed by the provider. */
  readonly refundedCents: number;
  /** Decided, confirmed ones included. */
  readonly refundReservedCents: number;
  readonly disputed: boolean;
  /** Null between our decision to open an intent and the provider's answer. */
  readonly providerReference: string | null;
  /** Part of the idempotency keys of calls that change the intent. */
  readonly attempt: number;
  readonly payableUntil: Date;
  readonly failureCode: string | null;
  readonly failureMessage: string | null;
  readonly failureReference: string | null;
  readonly cancelRequested: boolean;
  /** When the provider is asked how it stands; null when that is settled. */
  readonly reconcileAt: Date | null;
  readonly version: number;
  readonly createdAt: Date;
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

/** Whether the customer may still pay into it, as far as this service knows. */
export const isLive = (payment: Pick<Payment, 'state'>): boolean =>
  payment.state !== 'CAPTURED' && payment.state !== 'CANCELLED';

/** What can still be given back. */
export const refundableCents = (payment: Pick<Payment, 'capturedCents' | 'refundReservedCents'>): number =>
  Math.max(0, payment.capturedCents - payment.refundReservedCents);
