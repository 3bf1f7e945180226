import type { MutationResolvers } from '../../generated/graphql.js';
import { addressOf } from '../addressOf.js';
import { editPayload } from '../editPayload.js';

export const orderEdit: NonNullable<MutationResolvers['orderEdit']> = async (_, { input }, { app, viewer }) =>
  editPayload(
    await app.editOrder(viewer, {
      orderId: input.orderId,
      orderVersion: input.orderVersion,
      request: {
        addLines: (input.addLines ?? []).map(({ variantId, quantity }) => ({ variantId, quantity })),
        setQuantities: (input.setQuantities ?? []).map(({ lineId, quantity }) => ({ lineId, quantity })),
        shippingAddress: addressOf(input.shippingAddress),
        billingAddress: addressOf(input.billingAddress),
        shippingMethodId: input.shippingMethodId ?? null,
      },
      note: input.note?.trim() || null,
      dryRun: input.dryRun ?? false,
      idempotencyKey: input.idempotencyKey,
    }),
  );
