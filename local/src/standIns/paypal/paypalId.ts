import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** An id in PayPal's shape: 17 upper-case letters and digits. */
export const paypalId = (length = 17): string =>
  Array.from(randomBytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join('');

/** `WH-…-…` */
export const paypalEventId = (): string => `WH-${paypalId()}-${paypalId()}`;

/** `PP-R-…` */
export const paypalDisputeId = (): string => `PP-R-${paypalId(3)}-${paypalId(8)}`;
