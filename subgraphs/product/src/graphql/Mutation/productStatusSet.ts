import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrors } from '../userErrors.js';

export const productStatusSet: NonNullable<MutationResolvers['productStatusSet']> = async (_parent, args, context) => {
  const result = await context.app.setProductStatus(args.ids, args.status);
  if (!result.ok) return { products: [], userErrors: userErrors(result.errors) };
  const { products, errors } = result.value;
  return { products: products.map(context.views.product), userErrors: userErrors(errors) };
};
