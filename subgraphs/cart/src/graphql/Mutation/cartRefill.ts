import type { MutationResolvers } from '../../generated/graphql.js';
import { onlyService } from '../context.js';

export const cartRefill: NonNullable<MutationResolvers['cartRefill']> = async (_parent, { input }, context) => {
  onlyService(context.viewer, 'order');
  const result = await context.app.refillCart(input);
  if (!result.ok) {
    const { code, message } = result;
    return { cartId: null, skippedVariantIds: [], reducedVariantIds: [], refusal: { code, message } };
  }
  return {
    cartId: result.cart?.id ?? null,
    skippedVariantIds: result.skipped,
    reducedVariantIds: result.reduced,
    refusal: null,
  };
};
