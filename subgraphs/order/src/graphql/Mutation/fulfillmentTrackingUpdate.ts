import type { MutationResolvers } from '../../generated/graphql.js';
import { fulfillmentPayload } from '../afterSalesPayloads.js';

export const fulfillmentTrackingUpdate: NonNullable<MutationResolvers['fulfillmentTrackingUpdate']> = async (
  _,
  { id, trackingNumber, carrier },
  { app },
) => fulfillmentPayload(id, await app.updateTracking({ id, trackingNumber, carrier: carrier ?? null }));
