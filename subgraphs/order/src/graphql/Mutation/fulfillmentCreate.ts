import type { MutationResolvers } from '../../generated/graphql.js';
import { shippedPayload } from '../afterSalesPayloads.js';

export const fulfillmentCreate: NonNullable<MutationResolvers['fulfillmentCreate']> = async (
  _,
  args,
  { app, viewer },
) =>
  shippedPayload(
    await app.shipParcel(viewer, {
      orderId: args.orderId,
      lines: args.lines,
      carrier: args.carrier ?? null,
      trackingNumber: args.trackingNumber ?? null,
      idempotencyKey: args.idempotencyKey,
    }),
  );
