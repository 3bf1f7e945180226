import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const orderReorder: NonNullable<MutationResolvers['orderReorder']> = async (_, { id }, { app, viewer }) => {
  const result = await app.reorder(viewer, id);
  if (!result.ok) return { cart: null, skippedLines: [], reducedLines: [], userErrors: userErrorsOf(result.errors) };
  const { cartId, currencyCode, skipped, reduced } = result;
  return {
    cart: cartId === null ? null : { id: cartId },
    skippedLines: skipped.map((line) => ({ ...line, currencyCode })),
    reducedLines: reduced.map((line) => ({ ...line, currencyCode })),
    userErrors: [],
  };
};
