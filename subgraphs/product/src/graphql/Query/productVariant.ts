import { isListed } from '../../app/audience.js';
import type { QueryResolvers } from '../../generated/graphql.js';

export const productVariant: NonNullable<QueryResolvers['productVariant']> = async (_parent, { id, sku }, context) => {
  const found = id
    ? await context.loaders.productByVariantId.load(id)
    : sku
      ? await context.loaders.productBySku.load(sku)
      : undefined;
  if (!found || !isListed(found, context.audience)) return null;
  return context.views.variant(found, id ? { id } : { sku: sku ?? '' }) ?? null;
};
