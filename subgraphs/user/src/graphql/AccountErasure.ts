import type { AccountErasureResolvers } from '../generated/graphql.js';

export const AccountErasure: AccountErasureResolvers = {
  services: ({ parts }) => parts,
  completedAt({ parts }) {
    const times = parts.map(({ erasedAt }) => erasedAt?.getTime() ?? Number.NaN);
    const last = Math.max(...times);
    return Number.isNaN(last) ? null : new Date(last);
  },
};
