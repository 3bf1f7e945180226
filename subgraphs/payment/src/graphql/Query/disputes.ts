import { pageSize } from '../../app/findPayments.js';
import type { QueryResolvers } from '../../generated/graphql.js';

export const disputes: NonNullable<QueryResolvers['disputes']> = (_, { open, first, after }, { app }) =>
  app.listDisputes({ open: open ?? false, first: pageSize(first ?? 20), after: after ?? null });
