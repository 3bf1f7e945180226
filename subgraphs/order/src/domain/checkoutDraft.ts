import type { CheckedOutCart } from './decidePlacement.js';
import type { DraftContent } from './draft.js';
import type { EditQuote, QuotedLine } from './planEdit.js';
import type { PlainRefusal, Refusal } from './refusal.js';

/** A quote of all lines of a draft, with its sums. */
export interface DraftQuote extends EditQuote {
  readonly subtotalCents: number;
  readonly discountCents: number;
  readonly taxCents: number;
  readonly shippingTaxCents: number;
  readonly totalCents: number;
}

const refusal = (code: PlainRefusal['code'], message: string, ...field: string[]): PlainRefusal => ({
  code,
  message,
  field,
});

/** What a draft must say before it can become an order. Empty: it says everything. */
export function incompleteBecause(content: DraftContent): PlainRefusal[] {
  const refusals: PlainRefusal[] = [];
  if (content.lines.length === 0) refusals.push(refusal('CART_EMPTY', 'The draft has no lines.', 'lines'));
  if (content.email === null) {
    refusals.push(refusal('EMAIL_NOT_SET', 'The draft needs an e-mail address to which the order is sent.', 'email'));
  }
  if (content.shippingAddress === null) {
    refusals.push(refusal('SHIPPING_ADDRESS_NOT_SET', 'The draft needs a shipping address.', 'shippingAddress'));
  }
  if (content.shippingMethodId === null) {
    refusals.push(refusal('SHIPPING_METHOD_NOT_SET', 'The draft needs a way of shipping.', 'shippingMethodId'));
  }
  return refusals;
}

export type DraftCheckout =
  | { readonly ok: true; readonly cart: CheckedOutCart }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

/** A quoted draft as it is placed, or why it cannot be. The amounts are the quote's; that they add up is checked when it is placed. */
export function checkoutDraft(content: DraftContent, quote: DraftQuote): DraftCheckout {
  const incomplete = incompleteBecause(content);
  const { email, shippingAddress } = content;
  if (incomplete.length > 0 || email === null || shippingAddress === null) return { ok: false, refusals: incomplete };
  const refusals = content.lines.flatMap((line, index) => lineRefusal(quote.lines[index] ?? null, line, index));
  const { shippingMethod } = quote;
  if (shippingMethod === null) {
    const message = 'This way of shipping cannot deliver the draft. Choose another one.';
    refusals.push(refusal('SHIPPING_METHOD_NOT_SET', message, 'shippingMethodId'));
  }
  if (refusals.length > 0 || shippingMethod === null) return { ok: false, refusals };
  return {
    ok: true,
    cart: {
      cartId: null,
      customerId: content.customerId,
      email,
      currencyCode: content.currencyCode,
      lines: quote.lines.flatMap((line) => (line === null ? [] : [orderedLine(line, quote.taxBasisPoints)])),
      subtotalCents: quote.subtotalCents,
      discountCents: quote.discountCents,
      shippingCents: shippingMethod.priceCents,
      shippingDiscountCents: 0,
      shippingTaxCents: quote.shippingTaxCents,
      shippingTaxBasisPoints: quote.taxBasisPoints,
      taxCents: quote.taxCents,
      taxIncluded: quote.taxIncluded,
      totalCents: quote.totalCents,
      shippingAddress,
      billingAddress: content.billingAddress,
      shippingMethodId: shippingMethod.id,
      shippingMethodName: shippingMethod.name,
      discountCodes: [],
    },
  };
}

function lineRefusal(
  quoted: QuotedLine | null,
  line: { readonly variantId: string; readonly quantity: number },
  index: number,
): Refusal[] {
  if (quoted === null || !quoted.forSale) {
    const message = 'This article is not for sale in the currency of the draft.';
    return [refusal('VARIANT_UNAVAILABLE', message, 'lines', String(index), 'variantId')];
  }
  const { quantityAvailable } = quoted;
  return quantityAvailable < line.quantity
    ? [{ code: 'INSUFFICIENT_STOCK', variantId: line.variantId, quantityAvailable }]
    : [];
}

const orderedLine = (line: QuotedLine, taxBasisPoints: number) => ({
  variantId: line.variantId,
  productName: line.productName,
  variantName: line.variantName,
  sku: line.sku,
  imageUrl: line.imageUrl,
  quantity: line.quantity,
  unitPriceCents: line.unitPriceCents,
  discountCents: line.discountCents,
  taxCents: line.taxCents,
  taxBasisPoints,
  totalCents: line.totalCents,
});
