import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const orderLinesCancel: NonNullable<MutationResolvers['orderLinesCancel']> = async (
  _,
  { orderId, lines, reason, idempotencyKey },
  { app, viewer },
) => {
  const result = await app.cancelLines(viewer, {
    orderId,
    lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
    reason: reason ?? null,
    idempotencyKey,
  });
  return result.ok ? { order: result.order, userErrors: [] } : { order: null, userErrors: userErrorsOf(result.errors) };
};
