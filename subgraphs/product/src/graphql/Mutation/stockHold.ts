import type { MutationResolvers } from '../../generated/graphql.js';
import { onlyOrderService, stockAnswer } from '../payloads.js';

export const stockHold: NonNullable<MutationResolvers['stockHold']> = async (_parent, args, context) => {
  onlyOrderService(context.viewer);
  return stockAnswer(await context.app.holdStock(args.stockId, args.lines, args.expiresAt));
};
