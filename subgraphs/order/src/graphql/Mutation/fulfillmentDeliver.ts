import type { MutationResolvers } from '../../generated/graphql.js';
import { fulfillmentPayload } from '../afterSalesPayloads.js';

export const fulfillmentDeliver: NonNullable<MutationResolvers['fulfillmentDeliver']> = async (_, { id }, { app }) =>
  fulfillmentPayload(id, await app.deliverParcel(id, 'staff'));
