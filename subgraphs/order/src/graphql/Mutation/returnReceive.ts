import type { MutationResolvers } from '../../generated/graphql.js';
import { returnPayload } from '../afterSalesPayloads.js';

export const returnReceive: NonNullable<MutationResolvers['returnReceive']> = async (
  _,
  { id, lines, refundShipping, note },
  { app },
) => {
  const receipt = {
    lines: lines.map(({ lineId, accepted, rejected, restock }) => ({
      lineId,
      accepted,
      rejected: rejected ?? 0,
      restock: restock ?? true,
    })),
    refundShipping: refundShipping ?? false,
    note: note ?? null,
  };
  return returnPayload(id, await app.receiveReturn(id, receipt));
};
