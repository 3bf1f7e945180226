import type { MutationResolvers } from '../../generated/graphql.js';
import { onlyOrderService, stockAnswer } from '../payloads.js';

export const stockExtend: NonNullable<MutationResolvers['stockExtend']> = async (_parent, args, context) => {
  onlyOrderService(context.viewer);
  return stockAnswer(await context.app.extendStock(args.stockIds, args.expiresAt));
};
