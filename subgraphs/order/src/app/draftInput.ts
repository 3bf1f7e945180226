import type { DraftContent } from '../domain/draft.js';
import type { PlainRefusal } from '../domain/refusal.js';
import { addressFault } from './editInput.js';

const MAX_LINES = 250;
const MAX_QUANTITY = 999;
const MAX_UNIT_PRICE = 10_000_000_000;
const MAX_REASON = 500;
const MAX_NOTE = 2_000;
const LOCALE_PATTERN = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;
const EMAIL_PATTERN = /^[^\s@]{1,64}@[^\s@]{1,190}\.[^\s@]{2,63}$/;

const invalid = (message: string, ...field: string[]): PlainRefusal => ({
  code: 'INVALID',
  message,
  field: ['input', ...field],
});

/** What is wrong with what staff entered, by itself. A draft may be incomplete; what it says must make sense. */
export function draftFault(content: DraftContent): PlainRefusal | null {
  if (content.lines.length > MAX_LINES) return invalid(`A draft has at most ${MAX_LINES} lines.`, 'lines');
  for (const [index, line] of content.lines.entries()) {
    const at = ['lines', String(index)];
    if (line.quantity < 1 || line.quantity > MAX_QUANTITY) {
      return invalid(`A quantity is 1 to ${MAX_QUANTITY}.`, ...at, 'quantity');
    }
    if (line.unitPriceCents !== null) {
      if (line.unitPriceCents < 0 || line.unitPriceCents > MAX_UNIT_PRICE) {
        return invalid('This is no price that can be charged.', ...at, 'unitPrice');
      }
      if (line.priceReason === null) return invalid('Another price needs a reason.', ...at, 'priceReason');
    }
    if (tooLong(line.priceReason))
      return invalid(`A reason has at most ${MAX_REASON} characters.`, ...at, 'priceReason');
  }
  if (content.email !== null && !EMAIL_PATTERN.test(content.email)) {
    return invalid('This is no e-mail address.', 'email');
  }
  if (content.customerId !== null && !/^usr_[0-9A-Za-z_-]{1,60}$/.test(content.customerId)) {
    return invalid('This is no id of a user.', 'customerId');
  }
  if (!LOCALE_PATTERN.test(content.locale)) return invalid('The locale must be a BCP 47 tag such as de-AT.', 'locale');
  if (content.note !== null && content.note.length > MAX_NOTE) {
    return invalid(`A note has at most ${MAX_NOTE} characters.`, 'note');
  }
  return (
    discountFault(content) ??
    addressFault(content.shippingAddress, 'shippingAddress') ??
    addressFault(content.billingAddress, 'billingAddress')
  );
}

function discountFault({ discount, discountReason }: DraftContent): PlainRefusal | null {
  if (tooLong(discountReason)) return invalid(`A reason has at most ${MAX_REASON} characters.`, 'discountReason');
  if (discount === null) return null;
  if (discountReason === null) return invalid('A discount needs a reason.', 'discountReason');
  if ('percent' in discount) {
    const { percent } = discount;
    return percent < 1 || percent > 100 ? invalid('A discount is 1 to 100 percent.', 'discountPercent') : null;
  }
  return discount.centAmount < 1 ? invalid('A discount is more than nothing.', 'discountAmount') : null;
}

const tooLong = (reason: string | null): boolean => reason !== null && reason.length > MAX_REASON;
