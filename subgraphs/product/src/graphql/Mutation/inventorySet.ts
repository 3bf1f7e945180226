import type { MutationResolvers } from '../../generated/graphql.js';
import { inventoryPayload } from '../payloads.js';

export const inventorySet: NonNullable<MutationResolvers['inventorySet']> = async (_parent, args, context) => {
  const { variantId, onHand, expectedOnHand, reason } = args;
  const count = { variantId, onHand, expectedOnHand: expectedOnHand ?? null, reason, actor: context.actor };
  return inventoryPayload(context, await context.app.setInventory(count));
};
