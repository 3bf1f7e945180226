import type { MutationResolvers } from '../../generated/graphql.js';
import { returnPayload } from '../afterSalesPayloads.js';

export const returnClose: NonNullable<MutationResolvers['returnClose']> = async (_, { id }, { app }) =>
  returnPayload(id, await app.closeReturnByHand(id));
