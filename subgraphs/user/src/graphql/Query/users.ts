import { ClientError, decodeCursor, isMoment, MAX_PAGE_SIZE } from '@souk/runtime';
import type { QueryResolvers } from '../../generated/graphql.js';

export const users: NonNullable<QueryResolvers['users']> = async (_parent, args, { app }) => {
  const first = args.first ?? 20;
  if (first < 1) throw new ClientError('BAD_USER_INPUT', '"first" must be at least 1.');
  const filter = {
    search: args.filter?.search ?? undefined,
    role: args.filter?.role ?? undefined,
    isActive: args.filter?.isActive ?? undefined,
    createdAfter: args.filter?.createdAfter ?? undefined,
  };
  const after = args.after == null ? undefined : readCursor(args.after);
  const size = Math.min(first, MAX_PAGE_SIZE);
  const found = await app.listAccounts({ filter, first: size, after });
  return {
    accounts: found.slice(0, size),
    hasNextPage: found.length > size,
    hasPreviousPage: after !== undefined,
    filter,
  };
};

function readCursor(cursor: string): [string, string] {
  const [createdAt, id] = decodeCursor(cursor) ?? [];
  if (!isMoment(createdAt) || typeof id !== 'string') {
    throw new ClientError('BAD_USER_INPUT', '"after" is not a cursor of this list.');
  }
  return [createdAt, id];
}
