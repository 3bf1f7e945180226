/** Crockford's base 32: no I, L, O and U, so that a number can be read out on the telephone. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Random bytes that an order number takes. */
export const ORDER_NUMBER_BYTES = 8;

/**
 * `261122-K7Q2M9XD`: the day (UTC) and 40 random bits, so that a number tells neither how many orders there are nor the
 * next one. Unique by the database's constraint; a collision is drawn again.
 */
export function orderNumber(placedAt: Date, random: Uint8Array): string {
  if (random.length < ORDER_NUMBER_BYTES) throw new RangeError(`an order number takes ${ORDER_NUMBER_BYTES} bytes`);
  const day = placedAt.toISOString().slice(2, 10).replaceAll('-', '');
  const letters = Array.from(random.subarray(0, ORDER_NUMBER_BYTES), (byte) => ALPHABET[byte & 31]);
  return `${day}-${letters.join('')}`;
}

/** `S-10042`: how many orders there were before, for shops whose book-keeping wants no gaps. Anybody can guess the next one. */
export const sequentialNumber = (prefix: string, sequence: number): string => `${prefix}${sequence}`;
