import { ClientError, MAX_PAGE_SIZE } from '@souk/runtime';
import type { QueryResolvers } from '../../generated/graphql.js';

export const promotions: NonNullable<QueryResolvers['promotions']> = (_parent, { first, after }, { app }) => {
  const size = first ?? 20;
  if (size < 1) throw new ClientError('BAD_USER_INPUT', '"first" must be at least 1.');
  return app.listPromotions({ first: Math.min(size, MAX_PAGE_SIZE), after: after ?? undefined });
};
