import { ControlFailure } from './controlFailure.js';
import type { Fields } from './readBody.js';

/** The field `since` (ISO time, or milliseconds since 1970) as an ISO time; '' (before everything) when absent. */
export function readSince(fields: Fields): string {
  const since = fields.text('since');
  if (since === undefined) return '';
  const date = new Date(/^\d+$/.test(since) ? Number(since) : since);
  if (Number.isNaN(date.getTime())) throw new ControlFailure(400, 'since must be a time, e.g. 2026-11-22T10:00:00Z.');
  return date.toISOString();
}
