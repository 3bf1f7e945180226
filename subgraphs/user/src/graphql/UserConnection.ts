import { encodeCursor } from '@souk/runtime';
import type { Account } from '../domain/account.js';
import type { UserConnectionResolvers } from '../generated/graphql.js';

const cursorOf = (account: Account): string => encodeCursor([account.createdAt.toISOString(), account.id]);

export const UserConnection: UserConnectionResolvers = {
  nodes: ({ accounts }) => accounts,
  edges: ({ accounts }) => accounts.map((node) => ({ node, cursor: cursorOf(node) })),
  pageInfo: ({ accounts, hasNextPage, hasPreviousPage }) => {
    const [first, last] = [accounts[0], accounts.at(-1)];
    return {
      hasNextPage,
      hasPreviousPage,
      startCursor: first ? cursorOf(first) : null,
      endCursor: last ? cursorOf(last) : null,
    };
  },
  totalCount: ({ filter }, _args, { app }) => app.countAccounts(filter),
};
