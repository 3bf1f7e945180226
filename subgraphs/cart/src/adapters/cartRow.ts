import type { Cart, CartLine, CartStatus, PostalAddress } from '../domain/cart.js';
import type { Promotion, PromotionKind } from '../domain/promotion.js';

/** A row of `cart` as `pg` answers it. */
export interface CartRow {
  id: string;
  customer_id: string | null;
  status: CartStatus;
  version: number;
  currency_code: string;
  country_code: string | null;
  email: string | null;
  shipping_address: PostalAddress | null;
  billing_address: PostalAddress | null;
  shipping_method_id: string | null;
  discount_codes: string[];
  note: string | null;
  lines: CartLine[];
  merged_into_id: string | null;
  created_at: Date;
  updated_at: Date;
  expires_at: Date;
}

/** The columns that make a {@link CartRow}, of the alias `c`. */
export const CART_COLUMNS = `c.id, c.customer_id, c.status::text AS status, c.version, c.currency_code, c.country_code, c.email,
  c.shipping_address, c.billing_address, c.shipping_method_id, c.discount_codes, c.note, c.lines, c.merged_into_id,
  c.created_at, c.updated_at, c.expires_at`;

export function toCart(row: CartRow): Cart {
  return {
    id: row.id,
    customerId: row.customer_id,
    status: row.status,
    version: row.version,
    currencyCode: row.currency_code,
    countryCode: row.country_code,
    email: row.email,
    shippingAddress: row.shipping_address,
    billingAddress: row.billing_address,
    shippingMethodId: row.shipping_method_id,
    discountCodes: row.discount_codes,
    note: row.note,
    lines: row.lines,
    mergedIntoId: row.merged_into_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    expiresAt: row.expires_at,
  };
}

/** The parameters $1 to $16 that every statement writing a whole cart begins with. */
export function cartParams(cart: Cart): unknown[] {
  return [
    cart.id,
    cart.customerId,
    cart.status,
    cart.version,
    cart.currencyCode,
    cart.countryCode,
    cart.email,
    cart.shippingAddress && JSON.stringify(cart.shippingAddress),
    cart.billingAddress && JSON.stringify(cart.billingAddress),
    cart.shippingMethodId,
    cart.discountCodes,
    cart.note,
    JSON.stringify(cart.lines),
    cart.mergedIntoId,
    cart.updatedAt,
    cart.expiresAt,
  ];
}

/** A row of `promotion` inside JSON, where times are text. */
export interface PromotionJson {
  id: string;
  name: string;
  code: string | null;
  kind: PromotionKind;
  value: number;
  currency_code: string | null;
  amount_cent_amount: number | null;
  min_subtotal_cent_amount: number | null;
  starts_at: string | null;
  ends_at: string | null;
  usage_limit: number | null;
  per_customer_limit: number | null;
  times_used: number;
  is_active: boolean;
}

export function toPromotion(row: PromotionJson): Promotion {
  return {
    id: row.id,
    name: row.name,
    code: row.code,
    kind: row.kind,
    value: row.value,
    currencyCode: row.currency_code,
    amount: row.amount_cent_amount,
    minSubtotal: row.min_subtotal_cent_amount,
    startsAt: row.starts_at === null ? null : new Date(row.starts_at),
    endsAt: row.ends_at === null ? null : new Date(row.ends_at),
    usageLimit: row.usage_limit,
    perCustomerLimit: row.per_customer_limit,
    timesUsed: row.times_used,
    isActive: row.is_active,
  };
}
