import type { MutationResolvers } from '../../generated/graphql.js';
import { productPayload } from '../payloads.js';

export const productVariantsUpsert: NonNullable<MutationResolvers['productVariantsUpsert']> = async (
  _parent,
  args,
  context,
) => productPayload(context, await context.app.upsertVariants(args.productId, args.variants), []);
