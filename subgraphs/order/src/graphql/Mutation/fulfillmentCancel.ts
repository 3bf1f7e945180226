import type { MutationResolvers } from '../../generated/graphql.js';
import { fulfillmentPayload } from '../afterSalesPayloads.js';

export const fulfillmentCancel: NonNullable<MutationResolvers['fulfillmentCancel']> = async (_, { id }, { app }) =>
  fulfillmentPayload(id, await app.cancelParcel(id));
