import type { PlainRefusal } from '../domain/refusal.js';

const MAX_TRACKING_NUMBER = 100;
const MAX_CARRIER = 60;

const fault = (message: string, field: readonly string[]): PlainRefusal => ({ code: 'INVALID', message, field });

/** Null when this is an idempotency key. */
export const keyFault = (key: string, field: readonly string[]): PlainRefusal | null =>
  key.length < 8 || key.length > 100 ? fault('The idempotency key must have 8 to 100 characters.', field) : null;

/** Null when a text of a person is not too long. */
export const textFault = (text: string | null, max: number, field: readonly string[]): PlainRefusal | null =>
  text !== null && text.length > max ? fault(`This text has at most ${max} characters.`, field) : null;

/** Null when a carrier and a tracking number look like some. */
export function trackingFault(carrier: string | null, trackingNumber: string | null): PlainRefusal | null {
  if (carrier !== null && carrier.length > MAX_CARRIER) {
    return fault(`A carrier's name has at most ${MAX_CARRIER} characters.`, ['carrier']);
  }
  if (trackingNumber !== null && !/^[\x20-\x7e]+$/.test(trackingNumber)) {
    return fault('A tracking number has letters, digits and signs only.', ['trackingNumber']);
  }
  return trackingNumber !== null && trackingNumber.length > MAX_TRACKING_NUMBER
    ? fault(`A tracking number has at most ${MAX_TRACKING_NUMBER} characters.`, ['trackingNumber'])
    : null;
}

export const invalid = (error: PlainRefusal) => ({ ok: false, errors: [error] }) as const;
