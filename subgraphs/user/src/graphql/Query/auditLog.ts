import { ClientError, decodeCursor, isMoment, MAX_PAGE_SIZE } from '@souk/runtime';
import type { QueryResolvers } from '../../generated/graphql.js';

export const auditLog: NonNullable<QueryResolvers['auditLog']> = async (_parent, args, { app }) => {
  const first = args.first ?? 20;
  if (first < 1) throw new ClientError('BAD_USER_INPUT', '"first" must be at least 1.');
  const size = Math.min(first, MAX_PAGE_SIZE);
  const after = args.after == null ? undefined : readCursor(args.after);
  const { actorId, subjectId, service, action, from, until } = args.filter ?? {};
  const filter = {
    actorId: actorId ?? undefined,
    subjectId: subjectId ?? undefined,
    service: service ?? undefined,
    action: action ?? undefined,
    from: from ?? undefined,
    until: until ?? undefined,
  };
  const found = await app.listAudit({ filter, first: size, after });
  return { entries: found.slice(0, size), hasNextPage: found.length > size, hasPreviousPage: after !== undefined };
};

function readCursor(cursor: string): [string, string] {
  const [occurredAt, id] = decodeCursor(cursor) ?? [];
  if (!isMoment(occurredAt) || typeof id !== 'string') {
    throw new ClientError('BAD_USER_INPUT', '"after" is not a cursor of this list.');
  }
  return [occurredAt, id];
}
