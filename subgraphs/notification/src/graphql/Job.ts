import type { JobResolvers } from '../generated/graphql.js';

export const Job: JobResolvers = {
  name: ({ type }) => type,
  attempts: ({ failedAttempts }) => failedAttempts,
};
