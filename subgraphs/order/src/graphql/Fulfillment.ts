import { trackingUrl } from '../domain/carriers.js';
import type { FulfillmentResolvers } from '../generated/graphql.js';

export const Fulfillment: FulfillmentResolvers = {
  trackingUrl: ({ carrier, trackingNumber }) => trackingUrl(carrier, trackingNumber),
  lines: ({ lines, order }) => lines.map((line) => ({ ...line, order })),
};
