import type { DraftContent, DraftDiscount } from '../domain/draft.js';
import type { PlainRefusal } from '../domain/refusal.js';
import type { DraftOrderInput } from '../generated/graphql.js';
import { addressOf } from './addressOf.js';

const text = (value: string | null | undefined) => value?.trim() || null;

/** What staff entered, in the domain's words; or what cannot be said in them. */
export function draftContent(input: DraftOrderInput): DraftContent | PlainRefusal {
  const { currencyCode, discountPercent, discountAmount } = input;
  const foreign = (field: string[]): PlainRefusal => ({
    code: 'INVALID',
    message: `Amounts of this draft are in ${currencyCode}.`,
    field: ['input', ...field],
  });
  if (discountPercent != null && discountAmount != null) {
    const message = 'Give either a percentage or an amount.';
    return { code: 'INVALID', message, field: ['input', 'discountAmount'] };
  }
  if (discountAmount != null && discountAmount.currencyCode !== currencyCode) return foreign(['discountAmount']);
  const wrong = input.lines.findIndex(({ unitPrice }) => unitPrice != null && unitPrice.currencyCode !== currencyCode);
  if (wrong >= 0) return foreign(['lines', String(wrong), 'unitPrice']);
  let discount: DraftDiscount | null = null;
  if (discountPercent != null) discount = { percent: discountPercent };
  if (discountAmount != null) discount = { centAmount: discountAmount.centAmount };
  return {
    currencyCode,
    locale: input.locale ?? 'en',
    customerId: input.customerId ?? null,
    email: text(input.email),
    lines: input.lines.map(({ variantId, quantity, unitPrice, priceReason }) => ({
      variantId,
      quantity,
      unitPriceCents: unitPrice?.centAmount ?? null,
      priceReason: text(priceReason),
    })),
    shippingAddress: addressOf(input.shippingAddress),
    billingAddress: addressOf(input.billingAddress),
    shippingMethodId: input.shippingMethodId ?? null,
    discount,
    discountReason: text(input.discountReason),
    note: text(input.note),
  };
}

/** Whether the content could not be read. */
export const isRefusal = (content: DraftContent | PlainRefusal): content is PlainRefusal => 'code' in content;
