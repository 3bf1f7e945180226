import type { MutationResolvers } from '../../generated/graphql.js';
import { productPayload } from '../payloads.js';

export const productCreate: NonNullable<MutationResolvers['productCreate']> = async (_parent, args, context) =>
  productPayload(context, await context.app.createProduct(args.input), ['input']);
