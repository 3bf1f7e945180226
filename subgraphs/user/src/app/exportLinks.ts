import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** How long a link may be followed. */
const LINK_VALID_MS = 15 * 60_000;

export interface ExportLinks {
  /** The address of an export's file, for its owner. Anybody who has it may follow it until it ends. */
  urlOf(exportId: string, now: Date): string;
  /** Whether these are the parameters of a link of ours that has not ended. */
  isValid(link: { exportId: string; expires: string; signature: string }, now: Date): boolean;
}

/**
 * Signed links to exports of personal data: HMAC-SHA-256 over id and end, with a key of their own that is derived from the services'
 * secret. A link opens one export for a quarter of an hour, and nothing else.
 */
export function createExportLinks(o: { secret: string; publicUrl: string }): ExportLinks {
  const key = Buffer.from(hkdfSync('sha256', o.secret, '', 'souk account export links', 32));
  const sign = (exportId: string, expires: string): Buffer =>
    createHmac('sha256', key).update(`${exportId}.${expires}`).digest();
  return {
    urlOf(exportId, now) {
      const expires = String(Math.floor((now.getTime() + LINK_VALID_MS) / 1_000));
      const url = new URL(`/account-exports/${exportId}.json`, o.publicUrl);
      url.searchParams.set('expires', expires);
      url.searchParams.set('signature', sign(exportId, expires).toString('base64url'));
      return url.href;
    },
    isValid({ exportId, expires, signature }, now) {
      if (!/^\d{1,12}$/.test(expires) || Number(expires) * 1_000 <= now.getTime()) return false;
      const given = Buffer.from(signature, 'base64url');
      const expected = sign(exportId, expires);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
