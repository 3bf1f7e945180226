import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { DocumentFormat } from './documentPorts.js';

/** How long a link may be followed: long enough for a person who looks at the page it is on. */
export const LINK_VALID_MS = 15 * 60_000;

export interface DocumentLinks {
  /** The address of a document's file, for whoever may see it now. Anybody who has it may follow it until it ends. */
  urlOf(documentId: string, format: DocumentFormat, now: Date): string;
  /** Whether these are the parameters of a link of ours that has not ended. */
  isValid(link: { documentId: string; format: DocumentFormat; expires: string; signature: string }, now: Date): boolean;
}

/**
 * Signed links to documents: HMAC-SHA-256 over id, format and end, with a key of their own that is derived from the services'
 * secret. A link opens one document in one format for a quarter of an hour, and nothing else.
 */
export function createDocumentLinks(o: { secret: string; publicUrl: string }): DocumentLinks {
  const key = Buffer.from(hkdfSync('sha256', o.secret, '', 'souk document links', 32));
  const sign = (documentId: string, format: DocumentFormat, expires: string): Buffer =>
    createHmac('sha256', key).update(`${documentId}.${format}.${expires}`).digest();
  return {
    urlOf(documentId, format, now) {
      const expires = String(Math.floor((now.getTime() + LINK_VALID_MS) / 1_000));
      const url = new URL(`/documents/${documentId}.${format.toLowerCase()}`, o.publicUrl);
      url.searchParams.set('expires', expires);
      url.searchParams.set('signature', sign(documentId, format, expires).toString('base64url'));
      return url.href;
    },
    isValid({ documentId, format, expires, signature }, now) {
      if (!/^\d{1,12}$/.test(expires) || Number(expires) * 1_000 <= now.getTime()) return false;
      const given = Buffer.from(signature, 'base64url');
      const expected = sign(documentId, format, expires);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
