import type { MutationResolvers } from '../../generated/graphql.js';
import { inventoryPayload } from '../payloads.js';

export const inventoryAdjust: NonNullable<MutationResolvers['inventoryAdjust']> = async (_parent, args, context) =>
  inventoryPayload(context, await context.app.adjustInventory({ ...args, actor: context.actor }));
