import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** How long a signed link may be followed: long enough for a person who looks at the page it is on. */
export const LINK_VALID_MS = 15 * 60_000;

export interface SignedLinks {
  /** The public address of a path, signed for its subject. Anybody who has it may follow it until it ends. */
  urlOf(subject: string, path: string, now: Date): string;
  /** Whether these are the parameters of a link of ours to this subject that has not ended. */
  isValid(link: { subject: string; expires: string; signature: string }, now: Date): boolean;
}

/**
 * Links that open one thing for a quarter of an hour, and nothing else: HMAC-SHA-256 over subject and end, with a key of their own that is
 * derived from the services' secret. Links of one purpose are of no use for another.
 */
export function createSignedLinks(o: { secret: string; purpose: string; publicUrl: string }): SignedLinks {
  const key = Buffer.from(hkdfSync('sha256', o.secret, '', o.purpose, 32));
  const sign = (subject: string, expires: string): Buffer =>
    createHmac('sha256', key).update(`${subject}.${expires}`).digest();
  return {
    urlOf(subject, path, now) {
      const expires = String(Math.floor((now.getTime() + LINK_VALID_MS) / 1_000));
      const url = new URL(path, o.publicUrl);
      url.searchParams.set('expires', expires);
      url.searchParams.set('signature', sign(subject, expires).toString('base64url'));
      return url.href;
    },
    isValid({ subject, expires, signature }, now) {
      if (!/^\d{1,12}$/.test(expires) || Number(expires) * 1_000 <= now.getTime()) return false;
      const given = Buffer.from(signature, 'base64url');
      const expected = sign(subject, expires);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
