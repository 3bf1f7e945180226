import { pageSize } from '../../app/findPayments.js';
import type { QueryResolvers } from '../../generated/graphql.js';

export const webhookEvents: NonNullable<QueryResolvers['webhookEvents']> = (_, { status, first, after }, { app }) =>
  app.listWebhooks({ status: status ?? null, first: pageSize(first ?? 20), after: after ?? null });
