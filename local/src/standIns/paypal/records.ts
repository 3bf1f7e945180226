/**
 * What the stand-in remembers of each PayPal object. Records are immutable and small; `render.ts` turns them into the
 * shapes of PayPal's API. Amounts are integers in the smallest unit that PayPal has of the currency, times are ISO.
 */
export type PaypalIntent = 'CAPTURE' | 'AUTHORIZE';
export type PaypalOrderStatus = 'CREATED' | 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'VOIDED' | 'COMPLETED';

/** What the payer pays with: decides what happens when the order is captured or authorized. */
export type Funding = 'balance' | 'echeck' | 'declined';

export interface PaypalOrderRecord {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly intent: PaypalIntent;
  readonly status: PaypalOrderStatus;
  readonly amount: number;
  readonly currency: string;
  readonly referenceId: string;
  readonly invoiceId: string | null;
  readonly customId: string | null;
  readonly description: string | null;
  /** Whether the order was made with a payment source: then the payer's link is called `payer-action`. */
  readonly withSource: boolean;
  readonly returnUrl: string | null;
  readonly cancelUrl: string | null;
  /** Null until the payer has approved. */
  readonly funding: Funding | null;
}

export type AuthorizationStatus = 'CREATED' | 'PARTIALLY_CAPTURED' | 'CAPTURED' | 'VOIDED' | 'DENIED';

export interface PaypalAuthorizationRecord {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly expiresAt: string;
  readonly order: string;
  readonly status: AuthorizationStatus;
  readonly amount: number;
  readonly captured: number;
  readonly currency: string;
  readonly invoiceId: string | null;
  readonly customId: string | null;
}

export type CaptureStatus = 'COMPLETED' | 'PENDING' | 'DECLINED' | 'PARTIALLY_REFUNDED' | 'REFUNDED';

export interface PaypalCaptureRecord {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly order: string;
  /** Null: the order was captured at once. */
  readonly authorization: string | null;
  readonly final: boolean;
  readonly status: CaptureStatus;
  readonly amount: number;
  readonly refunded: number;
  readonly fee: number;
  readonly currency: string;
  readonly invoiceId: string | null;
  readonly customId: string | null;
}

export interface PaypalRefundRecord {
  readonly id: string;
  readonly createdAt: string;
  readonly capture: string;
  readonly order: string;
  readonly status: 'COMPLETED' | 'PENDING' | 'FAILED';
  readonly amount: number;
  readonly currency: string;
  readonly invoiceId: string | null;
  readonly customId: string | null;
  readonly note: string | null;
}

export interface PaypalDisputeRecord {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly capture: string;
  readonly order: string;
  readonly amount: number;
  readonly currency: string;
  readonly reason: string;
  readonly invoiceId: string | null;
  readonly customId: string | null;
  /** Null while it is open. */
  readonly outcome: 'RESOLVED_BUYER_FAVOUR' | 'RESOLVED_SELLER_FAVOUR' | null;
}

/** One movement of money on the account, what reconciliation is held against. Amount and fee are signed. */
export interface PaypalTransactionRecord {
  /** Of the capture, refund or dispute. */
  readonly id: string;
  readonly at: string;
  /** PayPal's event code: T0006 express checkout, T1107 refund, T1201 chargeback, T1111 chargeback reversed, … */
  readonly code: string;
  /** The transaction that this one undoes, or the order. */
  readonly reference: { readonly id: string; readonly type: 'TXN' | 'ODR' };
  readonly amount: number;
  readonly fee: number;
  readonly currency: string;
  readonly invoiceId: string | null;
  readonly customId: string | null;
}

/** The objects of PayPal's, by the names of their kinds here. */
export interface PaypalObjects {
  paypal_order: PaypalOrderRecord;
  paypal_authorization: PaypalAuthorizationRecord;
  paypal_capture: PaypalCaptureRecord;
  paypal_refund: PaypalRefundRecord;
  paypal_dispute: PaypalDisputeRecord;
  paypal_transaction: PaypalTransactionRecord;
}
export type PaypalKind = keyof PaypalObjects;

/** An event keeps its object as it was: later changes do not show in it. */
export interface PaypalEventRecord {
  readonly id: string;
  readonly provider: 'paypal';
  readonly type: string;
  /** ISO time. */
  readonly createdAt: string;
  readonly resourceType: string;
  readonly summary: string;
  readonly resource: object;
  readonly about: { readonly id: string; readonly order: string };
  readonly wanted: boolean;
}

/** What a request with a `PayPal-Request-Id` made; the id is path and request id. */
export interface PaypalRequestRecord {
  readonly id: string;
  readonly createdAt: string;
  /** Hash of the body. */
  readonly body: string;
  readonly made: { readonly kind: PaypalKind; readonly id: string };
}
