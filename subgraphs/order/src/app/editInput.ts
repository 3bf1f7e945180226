import { createHash } from 'node:crypto';
import type { EditRequest } from '../domain/edit.js';
import type { Address } from '../domain/order.js';
import type { PlainRefusal } from '../domain/refusal.js';

export const KEY_PATTERN = /^[\x21-\x7e]{8,100}$/;
const MAX_LINES = 100;
const MAX_QUANTITY = 999;
const MAX_NOTE = 2_000;

const invalid = (message: string, ...field: string[]): PlainRefusal => ({
  code: 'INVALID',
  message,
  field: ['input', ...field],
});

/** What is wrong with an edit by itself, before anybody is asked. */
export function editFault(request: EditRequest, note: string | null): PlainRefusal | null {
  if (request.addLines.length > MAX_LINES)
    return invalid(`At most ${MAX_LINES} lines can be added at once.`, 'addLines');
  if (request.setQuantities.length > MAX_LINES) {
    return invalid(`At most ${MAX_LINES} quantities can be set at once.`, 'setQuantities');
  }
  for (const [index, { quantity }] of request.addLines.entries()) {
    if (quantity < 1 || quantity > MAX_QUANTITY) {
      return invalid(`A quantity is 1 to ${MAX_QUANTITY}.`, 'addLines', String(index), 'quantity');
    }
  }
  const seen = new Set<string>();
  for (const [index, { lineId, quantity }] of request.setQuantities.entries()) {
    if (quantity < 0 || quantity > MAX_QUANTITY) {
      return invalid(`A quantity is 0 to ${MAX_QUANTITY}.`, 'setQuantities', String(index), 'quantity');
    }
    if (seen.has(lineId)) return invalid('A line is named once.', 'setQuantities', String(index), 'lineId');
    seen.add(lineId);
  }
  if (note !== null && note.length > MAX_NOTE) return invalid(`A note has at most ${MAX_NOTE} characters.`, 'note');
  return (
    addressFault(request.shippingAddress, 'shippingAddress') ?? addressFault(request.billingAddress, 'billingAddress')
  );
}

/** A postal address that a parcel can be sent to: what must be there is there, and nothing is endless. */
export function addressFault(address: Address | null, field: string): PlainRefusal | null {
  if (address === null) return null;
  for (const part of ['fullName', 'streetLine1', 'city'] as const) {
    if (address[part].trim() === '') return invalid('This part of an address is needed.', field, part);
  }
  for (const [part, text] of Object.entries(address)) {
    if (typeof text === 'string' && text.length > 200) {
      return invalid('A part of an address has at most 200 characters.', field, part);
    }
  }
  return null;
}

/** The fingerprint of an input, over values in a fixed order: the same key with another one is refused. */
export const hashOf = (parts: unknown): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
