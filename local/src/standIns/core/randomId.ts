import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A prefix and `length` letters and digits from a CSPRNG, in the shape of Stripe's ids. */
export function randomId(prefix: string, length = 24): string {
  let id = prefix;
  while (id.length < prefix.length + length) {
    for (const byte of randomBytes(length)) {
      // 248 = 4 × 62: the rest is thrown away so that every letter is equally likely.
      if (byte < 248 && id.length < prefix.length + length) id += ALPHABET[byte % 62];
    }
  }
  return id;
}

/** A prefix and 32 lower-case hex digits, in the shape of Twilio's sids. */
export function randomSid(prefix: string): string {
  return prefix + randomBytes(16).toString('hex');
}
