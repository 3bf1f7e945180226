import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { events, newEvent } from '@souk/events';
import { accountError, done, type Result, refused } from '../domain/accountError.js';
import type { ExportLinks } from './exportLinks.js';
import type { DataExport, DataExports } from './personalDataPorts.js';

const LIFETIME_MS = 7 * 24 * 3_600_000;
/** How soon another export may be asked for, once there is one. */
const PAUSE_MS = 3_600_000;
const ATTEMPTS = 5;
/** Of a part that was inflated: far more than a service sends. */
const MAX_PART_BYTES = 64 * 1_048_576;
const compress = promisify(gzip);
const inflate = promisify(gunzip);

export interface DataExportDeps {
  readonly dataExports: DataExports;
  readonly exportLinks: ExportLinks;
  readonly now: () => Date;
  readonly newExportId: () => string;
}

/**
 * Collects everything that is known about an account: this service's part at once, and every other one as its service hands it over after
 * `account.export_requested`, whenever it can. What is under way, or was asked for within the last hour, is answered instead of a
 * second one. Kept for a week.
 */
export const requestDataExport =
  (deps: DataExportDeps) =>
  async (accountId: string): Promise<Result<DataExport>> => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const now = deps.now();
      // In this order: an export that somebody makes after the first reading is seen by the second one, or moves the sequence on.
      const own = await deps.dataExports.ownPart(accountId);
      const [latest] = await deps.dataExports.ofAccount(accountId, now);
      if (own === undefined) break;
      const isRecent = latest !== undefined && now.getTime() - latest.requestedAt.getTime() < PAUSE_MS;
      if (latest && (isRecent || latest.waitingFor.length > 0)) return done(latest);
      const id = deps.newExportId();
      const services = [...events.accountExportRequested.consumers].sort();
      const expiresAt = new Date(now.getTime() + LIFETIME_MS);
      const event = newEvent(events.accountExportRequested, {
        aggregateId: accountId,
        sequence: own.sequence + 1,
        data: { userId: accountId, exportId: id },
        now,
      });
      const ownPart = await compress(JSON.stringify(own.part));
      const { sequence } = own;
      if (
        await deps.dataExports.create({ id, accountId, sequence, now, expiresAt, services, ownPart, events: [event] })
      ) {
        return done({ id, requestedAt: now, expiresAt, waitingFor: services });
      }
    }
    return refused(accountError('CONFLICT', 'The account is changing at this moment. Try again.'));
  };

/** The exports of an account that have not ended, newest first; with a link to those that are complete. */
export const listDataExports =
  (deps: DataExportDeps) =>
  (accountId: string): Promise<DataExport[]> =>
    deps.dataExports.ofAccount(accountId, deps.now());

/** Takes a service's part. One that comes twice, or for an account that is gone by now, changes nothing. */
export const deliverDataExportPart =
  (deps: DataExportDeps) =>
  (id: string, service: string, content: Buffer): Promise<boolean> =>
    deps.dataExports.deliver({ id, service, content, now: deps.now() });

export type OpenedExport =
  | { readonly kind: 'FILE'; readonly json: string }
  | { readonly kind: 'REFUSED' | 'NOT_FOUND' };

/** The file behind a signed link: one JSON object with a property for each service. */
export const openDataExport =
  (deps: DataExportDeps) =>
  async (link: Parameters<ExportLinks['isValid']>[0]): Promise<OpenedExport> => {
    const now = deps.now();
    if (!deps.exportLinks.isValid(link, now)) return { kind: 'REFUSED' };
    const parts = await deps.dataExports.read(link.exportId, now);
    if (parts === undefined) return { kind: 'NOT_FOUND' };
    const members: string[] = [];
    for (const { service, content } of parts) {
      if (content === null) return { kind: 'NOT_FOUND' };
      const json = (await inflate(content, { maxOutputLength: MAX_PART_BYTES })).toString();
      members.push(`${JSON.stringify(service)}:${json}`);
    }
    return { kind: 'FILE', json: `{${members.join(',')}}` };
  };
