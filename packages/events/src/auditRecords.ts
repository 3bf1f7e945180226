import { currentPrivilegedAction } from '@souk/runtime';
import type { EventOf } from './envelope.js';
import { isSubjectId } from './fields.js';
import { newEvent } from './newEvent.js';
import { events } from './topology.js';

const SUBJECTS: Readonly<Record<string, string>> = {
  usr: 'user',
  ses: 'session',
  prd: 'product',
  var: 'variant',
  cat: 'category',
  prm: 'promotion',
  ord: 'order',
  drf: 'draft_order',
  pay: 'payment',
  ref: 'refund',
  rcn: 'reconciliation_run',
  rcd: 'reconciliation_difference',
  whk: 'webhook_event',
  ntf: 'notification',
  evt: 'event',
};

/** What kind of thing an id of Souk names. */
export const subjectTypeOf = (id: string): string => SUBJECTS[id.slice(0, id.indexOf('_'))] ?? 'other';

/**
 * What the audit log is told about a change: one record for each subject while a privileged action is being done, none in the work of
 * customers and services. Stores call it and write the records in the transaction of the change, so that no change is without
 * its record, and no record without its change. `aggregateId` is the subject. Text that is no id names nothing, and nothing is told of it.
 */
export function auditRecords(
  subjectIds: readonly string[],
  codes: readonly string[] = [],
): EventOf<typeof events.auditRecorded>[] {
  const privileged = currentPrivilegedAction();
  if (!privileged) return [];
  const { service, action, actorId } = privileged;
  return [...new Set(subjectIds)].filter(isSubjectId).map((subjectId) =>
    newEvent(events.auditRecorded, {
      aggregateId: subjectId,
      sequence: 0,
      data: {
        recordId: privileged.recordId(subjectId),
        service,
        action,
        actorId,
        subjectType: subjectTypeOf(subjectId),
        subjectId,
        codes: [...codes],
      },
    }),
  );
}
