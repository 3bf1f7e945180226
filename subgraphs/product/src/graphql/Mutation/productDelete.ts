import type { MutationResolvers } from '../../generated/graphql.js';
import { productPayload } from '../payloads.js';

export const productDelete: NonNullable<MutationResolvers['productDelete']> = async (_parent, args, context) =>
  productPayload(context, await context.app.deleteProduct(args.id), []);
