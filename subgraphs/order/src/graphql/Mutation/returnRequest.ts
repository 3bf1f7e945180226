import type { MutationResolvers } from '../../generated/graphql.js';
import { requestedPayload } from '../afterSalesPayloads.js';

export const returnRequest: NonNullable<MutationResolvers['returnRequest']> = async (_, { input }, { app, viewer }) =>
  requestedPayload(
    await app.requestReturn(viewer, {
      orderId: input.orderId,
      lines: input.lines.map(({ exchangeVariantId, ...line }) => ({
        ...line,
        exchangeVariantId: exchangeVariantId ?? null,
      })),
      reason: input.reason,
      note: input.note ?? null,
      idempotencyKey: input.idempotencyKey,
    }),
  );
