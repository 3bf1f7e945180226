import type { QueryResolvers } from '../../generated/graphql.js';

export const ledger: NonNullable<QueryResolvers['ledger']> = (_, { orderId, paymentId }, { app }) =>
  app.ledgerLines({ orderId: orderId ?? null, paymentId: paymentId ?? null });
