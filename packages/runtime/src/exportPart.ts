import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ServiceClient } from './serviceClient.js';

const DOCUMENT = `mutation AccountExportPartDeliver($exportId: ID!, $content: String!) {
  accountExportPartDeliver(exportId: $exportId, content: $content)
}`;

/** How many entries of each list a part may have: the first of these with which it fits into one call. */
const ENTRIES = [2_000, 400, 80] as const;
/** What a call between services can carry, in base 64. */
const MAX_CONTENT = 950_000;
const compress = promisify(gzip);

/**
 * Hands a service's part of a personal data export to the user service, compressed, in one signed call: personal data goes into no queue
 * and no event. `read` answers the part with at most so many entries of each list, the newest. May be repeated. Rejects when the
 * user service cannot be reached, or when even the shortest part is too large.
 */
export async function deliverExportPart(
  client: Pick<ServiceClient, 'request'>,
  exportId: string,
  read: (entries: number) => Promise<object>,
): Promise<void> {
  for (const entries of ENTRIES) {
    const packed = await compress(JSON.stringify(await read(entries)));
    const content = packed.toString('base64');
    if (content.length > MAX_CONTENT) continue;
    await client.request(DOCUMENT, { exportId, content });
    return;
  }
  throw new RangeError(`the part of export ${exportId} is too large for one call`);
}
