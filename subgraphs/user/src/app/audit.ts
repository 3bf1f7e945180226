import { subjectTypeOf } from '@souk/events';
import { currentContext, newId } from '@souk/runtime';

/** One line of the audit log: ids and codes only. */
export interface AuditEntry {
  readonly id: string;
  readonly occurredAt: Date;
  readonly service: string;
  /** The mutation. */
  readonly action: string;
  readonly actorId: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly codes: readonly string[];
  /** The request that did it, as in the logs. */
  readonly requestId: string;
}

export interface AuditFilter {
  readonly actorId?: string | undefined;
  readonly action?: string | undefined;
  readonly service?: string | undefined;
  readonly subjectId?: string | undefined;
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
}

export interface AuditLog {
  /** Adds an entry that another service tells of, once, with the inbox row of its event. */
  record(entry: AuditEntry, eventId: string): Promise<void>;
  /** Newest first. */
  list(o: {
    filter: AuditFilter;
    first: number;
    after: readonly [occurredAt: string, id: string] | undefined;
  }): Promise<AuditEntry[]>;
}

export interface AuditDeps {
  readonly audit: AuditLog;
}

/** The entry of something that is being done in this service, to be written in its transaction. */
export function auditEntry(o: {
  action: string;
  actorId: string;
  subjectId: string;
  codes?: readonly string[];
  now: Date;
}): AuditEntry {
  return {
    id: newId('aud', o.now),
    occurredAt: o.now,
    service: 'user',
    action: o.action,
    actorId: o.actorId,
    subjectType: subjectTypeOf(o.subjectId),
    subjectId: o.subjectId,
    codes: o.codes ?? [],
    requestId: currentContext()?.correlationId ?? 'none',
  };
}

/** A page of the audit log, newest first, with one more than asked for when there are more. */
export const listAudit =
  (deps: AuditDeps) =>
  (o: Parameters<AuditLog['list']>[0]): Promise<AuditEntry[]> =>
    deps.audit.list({ ...o, first: o.first + 1 });
