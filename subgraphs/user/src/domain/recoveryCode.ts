/** How many a person gets, and how many random bytes each one takes: nobody guesses 80 bits, so a fast hash keeps them. */
export const RECOVERY_CODES = 10;
export const RECOVERY_CODE_BYTES = 10;

/** Crockford's base 32: read aloud or written by hand, no character is taken for another. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Ten random bytes as people keep them: `4f7k-0q2m-9xtd-w3ea`. */
export function recoveryCode(bytes: Buffer): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  const text = (bits.match(/.{5}/g) ?? []).map((group) => ALPHABET[Number.parseInt(group, 2)]).join('');
  return text.replaceAll(/.{4}(?=.)/g, '$&-');
}

/** The code that somebody typed, whatever its case and dashes, or undefined when it is none. */
export function readRecoveryCode(text: string): string | undefined {
  const typed = text.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1');
  return /^[0-9a-hjkmnp-tv-z]{16}$/.test(typed) ? typed.replaceAll(/.{4}(?=.)/g, '$&-') : undefined;
}
