import type { MutationResolvers } from '../../generated/graphql.js';
import { returnPayload } from '../afterSalesPayloads.js';

export const returnApprove: NonNullable<MutationResolvers['returnApprove']> = async (_, { id }, { app }) =>
  returnPayload(id, await app.approveReturn(id));
