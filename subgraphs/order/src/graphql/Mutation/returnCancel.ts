import type { MutationResolvers } from '../../generated/graphql.js';
import { returnPayload } from '../afterSalesPayloads.js';

export const returnCancel: NonNullable<MutationResolvers['returnCancel']> = async (_, { id }, { app, viewer }) =>
  returnPayload(id, await app.cancelReturn(viewer, id));
