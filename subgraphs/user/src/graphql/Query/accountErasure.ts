import type { QueryResolvers } from '../../generated/graphql.js';

export const accountErasure: NonNullable<QueryResolvers['accountErasure']> = async (_parent, { token }, { app }) =>
  (await app.readErasure(token)) ?? null;
