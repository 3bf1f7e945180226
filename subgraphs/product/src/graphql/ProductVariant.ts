import { isReferable } from '../app/audience.js';
import type { ProductVariantResolvers } from '../generated/graphql.js';

export const ProductVariant: ProductVariantResolvers = {
  async __resolveReference(reference, context) {
    const product = await ('id' in reference
      ? context.loaders.productByVariantId.load(reference.id)
      : context.loaders.productBySku.load(reference.sku));
    if (!product || !isReferable(product, context.audience)) return null;
    return context.views.variant(product, reference) ?? null;
  },
  availableForSale(variant, _args, context) {
    if (!variant.forSale) return false;
    const level = context.loaders.available(variant.id);
    return typeof level === 'number' ? level > 0 : level.then((loaded) => loaded > 0);
  },
  quantityAvailable: (variant, _args, context) => (variant.forSale ? context.loaders.available(variant.id) : 0),
  inventory: async (variant, _args, context) => (await context.loaders.stockLevel.load(variant.id)) ?? null,
};
