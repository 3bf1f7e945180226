import type { MutationResolvers } from '../../generated/graphql.js';
import { onlyOrderService, stockAnswer } from '../payloads.js';

export const stockRelease: NonNullable<MutationResolvers['stockRelease']> = async (_parent, args, context) => {
  onlyOrderService(context.viewer);
  return stockAnswer(await context.app.releaseStock({ stockId: args.orderId, ...(args.asOf && { asOf: args.asOf }) }));
};
