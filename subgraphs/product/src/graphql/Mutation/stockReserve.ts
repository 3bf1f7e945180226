import type { MutationResolvers } from '../../generated/graphql.js';
import { onlyOrderService, stockAnswer } from '../payloads.js';

export const stockReserve: NonNullable<MutationResolvers['stockReserve']> = async (_parent, args, context) => {
  onlyOrderService(context.viewer);
  return stockAnswer(await context.app.reserveStock(args.orderId, args.lines, args.expiresAt));
};
