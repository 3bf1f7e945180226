import type { InventoryResolvers } from '../generated/graphql.js';
import { pageSize } from './connections.js';

export const Inventory: InventoryResolvers = {
  movements: (level, args, context) =>
    context.app.stockMovements(level.variantId, pageSize(args.first), args.after ?? null),
};
