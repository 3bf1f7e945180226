import type { QueryResolvers } from '../../generated/graphql.js';

export const draftOrder: NonNullable<QueryResolvers['draftOrder']> = async (_, { id }, { app }) =>
  (await app.findDrafts([id]))[0];
