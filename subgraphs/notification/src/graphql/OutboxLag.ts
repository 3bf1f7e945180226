import type { OutboxLagResolvers } from '../generated/graphql.js';

export const OutboxLag: OutboxLagResolvers = {
  oldestAgeSeconds: ({ oldestSeconds }) => Math.round(oldestSeconds),
};
