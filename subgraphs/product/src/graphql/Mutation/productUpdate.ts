import type { MutationResolvers } from '../../generated/graphql.js';
import { productPayload } from '../payloads.js';

export const productUpdate: NonNullable<MutationResolvers['productUpdate']> = async (_parent, args, context) =>
  productPayload(context, await context.app.updateProduct(args.id, args.input, args.expectedVersion ?? null), [
    'input',
  ]);
