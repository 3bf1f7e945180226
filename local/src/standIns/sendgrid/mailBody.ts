import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Bodies are kept deflated: thousands of mails stay within a few megabytes. */
export const packBody = (body: string | null): string | null =>
  body === null ? null : deflateRawSync(body, { level: 1 }).toString('base64');

export const unpackBody = (packed: string | null): string | null =>
  packed === null ? null : inflateRawSync(Buffer.from(packed, 'base64')).toString();
