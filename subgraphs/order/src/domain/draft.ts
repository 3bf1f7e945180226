import type { Address } from './order.js';

/** What staff take off a draft's lines. */
export type DraftDiscount = { readonly percent: number } | { readonly centAmount: number };

export interface DraftLine {
  readonly variantId: string;
  readonly quantity: number;
  /** What staff charge for a unit, and why; null: the catalogue's price of the moment. Minor units. */
  readonly unitPriceCents: number | null;
  readonly priceReason: string | null;
}

/** What staff have entered. Stored, so plain JSON. */
export interface DraftContent {
  readonly currencyCode: string;
  readonly locale: string;
  readonly customerId: string | null;
  readonly email: string | null;
  readonly lines: readonly DraftLine[];
  readonly shippingAddress: Address | null;
  readonly billingAddress: Address | null;
  readonly shippingMethodId: string | null;
  readonly discount: DraftDiscount | null;
  readonly discountReason: string | null;
  readonly note: string | null;
}

/** An order that staff prepare. OPEN until it became an order (COMPLETED) or was thrown away (DELETED). */
export interface Draft {
  readonly id: string;
  readonly state: 'OPEN' | 'COMPLETED' | 'DELETED';
  readonly content: DraftContent;
  readonly orderId: string | null;
  readonly createdBy: string;
  /** Who made it and the key of the call. */
  readonly key: string;
  readonly inputHash: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
