import type { MutationResolvers } from '../../generated/graphql.js';
import { returnPayload } from '../afterSalesPayloads.js';

export const returnDecline: NonNullable<MutationResolvers['returnDecline']> = async (_, { id, reason }, { app }) =>
  returnPayload(id, await app.declineReturn(id, reason));
