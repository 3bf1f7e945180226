import type { MutationResolvers } from '../../generated/graphql.js';
import { onlyOrderService, stockAnswer } from '../payloads.js';

export const stockCommit: NonNullable<MutationResolvers['stockCommit']> = async (_parent, args, context) => {
  onlyOrderService(context.viewer);
  return stockAnswer(await context.app.commitStock(args.stockIds ?? [args.orderId], { actor: context.actor }));
};
