import { encodeCursor } from '@souk/runtime';
import type { AuditEntry } from '../app/audit.js';
import type { AuditEntryConnectionResolvers } from '../generated/graphql.js';

const cursorOf = (entry: AuditEntry): string => encodeCursor([entry.occurredAt.toISOString(), entry.id]);

export const AuditEntryConnection: AuditEntryConnectionResolvers = {
  nodes: ({ entries }) => entries,
  edges: ({ entries }) => entries.map((node) => ({ node, cursor: cursorOf(node) })),
  pageInfo: ({ entries, hasNextPage, hasPreviousPage }) => {
    const [first, last] = [entries[0], entries.at(-1)];
    return {
      hasNextPage,
      hasPreviousPage,
      startCursor: first ? cursorOf(first) : null,
      endCursor: last ? cursorOf(last) : null,
    };
  },
};
