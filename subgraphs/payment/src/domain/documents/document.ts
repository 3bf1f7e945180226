/** What is issued: an invoice when an order is confirmed, a receipt for money that came, a credit note for money that went back. */
export type DocumentKind = 'INVOICE' | 'RECEIPT' | 'CREDIT_NOTE';

/** The legal entity that sells, as the law wants it named on invoices. Null: it has none. */
export interface Seller {
  readonly name: string;
  /** One element per line. */
  readonly address: readonly string[];
  readonly countryCode: string;
  readonly email: string;
  readonly vatId: string | null;
  readonly taxId: string | null;
  readonly registration: string | null;
}

export interface PostalAddress {
  readonly fullName: string;
  readonly company: string | null;
  readonly streetLine1: string;
  readonly streetLine2: string | null;
  readonly city: string;
  readonly region: string | null;
  readonly postalCode: string | null;
  readonly countryCode: string;
}

/** A line of goods, in the order's prices: with the tax in them when the document's `pricesIncludeTax`. */
export interface DocumentLine {
  /** The order line's id. */
  readonly lineId: string;
  readonly name: string;
  readonly variant: string | null;
  readonly sku: string;
  readonly quantity: number;
  readonly unitPriceCents: number;
  readonly discountCents: number;
  readonly totalCents: number;
  readonly taxCents: number;
  /** 1900 = 19 %; null when the order did not keep it. */
  readonly taxBasisPoints: number | null;
}

/** All that is taxed at one rate: net + tax = gross, always exactly. */
export interface TaxRow {
  /** 1900 = 19 %. Null when the order did not keep it: then it can only be computed from the amounts. */
  readonly basisPoints: number | null;
  readonly netCents: number;
  readonly taxCents: number;
  readonly grossCents: number;
}

export interface Shipping {
  readonly name: string;
  /** Before its discount. */
  readonly cents: number;
  readonly discountCents: number;
  readonly taxCents: number;
  readonly taxBasisPoints: number | null;
}

/** How money moved. */
export interface PaymentFacts {
  /** The provider's name for people. */
  readonly provider: string;
  readonly reference: string | null;
  /** The saved method that was used, as far as it is known: brand and last digits. */
  readonly method: string | null;
  readonly at: string;
}

/** Another document that this one is about. */
export interface Reference {
  readonly kind: DocumentKind;
  readonly number: string;
  readonly issuedAt: string;
}

/**
 * Everything that a document says but its number and its date, which it gets with its place in the series. Stored as it is; it
 * never changes, and what is shown is made of it alone. Amounts in minor units of `currencyCode`.
 */
export interface DocumentModel {
  /** Of the layout, so that a later layout leaves older documents as they are. */
  readonly template: 1;
  readonly kind: DocumentKind;
  /** BCP 47, as the order has it. */
  readonly locale: string;
  readonly currencyCode: string;
  readonly seller: Seller;
  readonly orderNumber: string;
  readonly orderedAt: string;
  readonly billTo: PostalAddress;
  /** Null when it is where the bill goes. */
  readonly shipTo: PostalAddress | null;
  readonly pricesIncludeTax: boolean;
  /** Of invoices: the version of the order that it was written from. */
  readonly orderVersion?: number | undefined;
  /** Of invoices; the other kinds are about an amount. */
  readonly lines: readonly DocumentLine[];
  readonly shipping: Shipping | null;
  /** Sum to the total, or to less: money that no invoice was written for has no tax in it. */
  readonly taxes: readonly TaxRow[];
  readonly totalCents: number;
  readonly payment: PaymentFacts | null;
  readonly refersTo: Reference | null;
  /** A credit note whose refund did not arrive is taken back by another one, whose amounts are negative. */
  readonly cancels: boolean;
}

/** An issued document that others refer to. */
export interface Referable {
  readonly model: DocumentModel;
  readonly reference: Reference;
}

/** A document as it was issued. */
export interface IssuedDocument {
  readonly id: string;
  readonly kind: DocumentKind;
  /** SOUK-2026-000017: without gaps per kind, legal entity and year. */
  readonly number: string;
  readonly orderId: string;
  readonly customerId: string | null;
  readonly paymentId: string | null;
  readonly refundId: string | null;
  readonly issuedAt: Date;
  readonly model: DocumentModel;
}
