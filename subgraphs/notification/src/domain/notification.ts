import type { Money } from '@souk/money';

export type Channel = 'EMAIL' | 'SMS';

/** An event type that customers are told about, and so the name of its template. */
export type TemplateName =
  | 'account.registered'
  | 'account.confirmation_requested'
  | 'account.password_reset_requested'
  | 'account.password_changed'
  | 'account.email_change_requested'
  | 'account.email_changed'
  | 'account.deactivated'
  | 'account.second_factor_enabled'
  | 'account.second_factor_disabled'
  | 'order.placed'
  | 'order.confirmed'
  | 'order.expired'
  | 'order.cancelled'
  | 'order.edited'
  | 'order.edit_proposed'
  | 'fulfillment.shipped'
  | 'fulfillment.delivered'
  | 'return.requested'
  | 'return.approved'
  | 'return.declined'
  | 'return.received'
  | 'payment.refunded';

/** What events said, as far as templates use it; no personal data. */
export interface TemplateParams {
  readonly refund?: Money;
  readonly totals?: TotalChange;
  /** The parcel, or the return, that the event is about. */
  readonly fulfillmentId?: string;
  readonly returnId?: string;
  readonly emailChangeId?: string;
  readonly due?: { readonly money: Money; readonly until: string };
}

/** What an order cost before it was changed, and what it costs now. */
export interface TotalChange {
  readonly before: Money;
  readonly after: Money;
}

/** What the order service tells for a mail. */
export interface OrderForMail {
  readonly id: string;
  /** Its customer has deleted his account: there is nobody to write to. */
  readonly isErased: boolean;
  readonly number: string;
  readonly email: string;
  readonly phone: string | null;
  readonly customerName: string;
  readonly locale: string;
  readonly lines: readonly {
    readonly productName: string;
    readonly variantName: string | null;
    readonly sku: string;
    readonly quantity: number;
    readonly unitPrice: Money;
    readonly total: Money;
  }[];
  readonly subtotal: Money;
  readonly discount: Money;
  readonly shipping: Money;
  readonly tax: Money;
  readonly total: Money;
  readonly shippingAddress: {
    readonly fullName: string;
    readonly company: string | null;
    readonly streetLine1: string;
    readonly streetLine2: string | null;
    readonly city: string;
    readonly region: string | null;
    readonly postalCode: string | null;
    readonly countryCode: string;
  };
  readonly placedAt: string;
  readonly paymentDueAt: string;
  /** The parcel, or the return, that the message is about. */
  readonly fulfillment?: ParcelForMail | null;
  readonly return?: ReturnForMail | null;
}

interface ArticleForMail {
  readonly productName: string;
  readonly variantName: string | null;
  readonly sku: string;
  readonly quantity: number;
}

export interface ParcelForMail {
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly trackingUrl: string | null;
  readonly lines: readonly ArticleForMail[];
  /** False when the order has more than this parcel. */
  readonly isWholeOrder: boolean;
}

export interface ReturnForMail {
  readonly number: string;
  /** What the staff wrote when they declined it. */
  readonly declineReason: string | null;
  readonly lines: readonly (ArticleForMail & {
    readonly accepted: number;
    readonly rejected: number;
    /** The article that is delivered instead. */
    readonly exchangeName: string | null;
  })[];
  readonly refund: Money;
}

/** What the user service tells for a mail. */
export interface AccountForMail {
  readonly id: string;
  readonly email: string;
  readonly firstName: string | null;
  readonly locale: string;
  readonly isActive: boolean;
  /** What the link of this mail carries; null when it needs none, or needs it no more. */
  readonly token: string | null;
  /** The address that was asked for belongs to the account that is written to, and not to the one that asked. */
  readonly addressTaken?: boolean;
}

/** The shop, as mails show it. */
export interface Shop {
  readonly name: string;
  /** Where customers see their orders; without it mails have no links. */
  readonly storefrontUrl?: string | undefined;
}

/** A mail, ready to be sent but for its address. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}
