import { createHash } from 'node:crypto';
import { currentContext, newContext } from '@souk/runtime';
import { csvHeader, csvRows, jsonRows } from '../domain/exportRows.js';
import type { OrderView } from '../domain/order.js';
import type { ExportFormat, ExportStore } from './exportPorts.js';
import type { Clock, OrderFilter, OrderList, OrderStore } from './ports.js';

export interface ExportOrdersDeps {
  readonly exports: ExportStore;
  readonly list: OrderList;
  readonly orders: Pick<OrderStore, 'byIds'>;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Uint8Array;
}

const TOKEN_BYTES = 32;
const LINK_LIFETIME_MS = 10 * 60_000;
/** Orders that are in memory at a time, however many are exported. */
const PAGE = 500;

/** A link to a download of these orders, good for ten minutes. Its secret is in the answer only. The caller has checked that the viewer is staff. */
export const createExport =
  (deps: ExportOrdersDeps) =>
  async (filter: OrderFilter, format: ExportFormat): Promise<{ token: string; expiresAt: Date }> => {
    const token = Buffer.from(deps.randomBytes(TOKEN_BYTES)).toString('base64url');
    const expiresAt = new Date(deps.clock().getTime() + LINK_LIFETIME_MS);
    const createdBy = (currentContext() ?? newContext('background')).actor;
    await deps.exports.create(hashOf(token), { filter, format, createdBy, expiresAt });
    return { token, expiresAt };
  };

/**
 * The download behind a link: text in pieces, one line per order line, newest orders first. Read page by page as it is sent, so that
 * its size does not matter. Orders that are placed meanwhile are not in it. Undefined when the link is unknown or has ended.
 */
export const openExport =
  (deps: ExportOrdersDeps) =>
  async (token: string): Promise<{ format: ExportFormat; text: AsyncIterable<string> } | undefined> => {
    const request = await deps.exports.find(hashOf(token));
    return request && { format: request.format, text: textOf(deps, request.filter, request.format) };
  };

async function* textOf(deps: ExportOrdersDeps, filter: OrderFilter, format: ExportFormat): AsyncIterable<string> {
  if (format === 'CSV') yield csvHeader;
  const rows = format === 'CSV' ? csvRows : jsonRows;
  let after: { placedAt: string; id: string } | null = null;
  for (;;) {
    const page: { ids: string[]; hasNextPage: boolean } = await deps.list.page({
      filter,
      first: PAGE,
      after,
      totalCount: false,
    });
    const orders: OrderView[] = (await deps.orders.byIds(page.ids, { lines: true, timeline: false })).filter(
      (order) => order !== undefined,
    );
    if (orders.length > 0) yield orders.map(rows).join('');
    const last = orders.at(-1);
    if (!page.hasNextPage || last === undefined) return;
    after = { placedAt: last.placedAt.toISOString(), id: last.id };
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
