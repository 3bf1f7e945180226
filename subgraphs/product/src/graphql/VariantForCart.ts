import { toGraph } from '@souk/money';
import type { VariantForCartResolvers } from '../generated/graphql.js';

export const VariantForCart: VariantForCartResolvers = {
  id: ({ variant }) => variant.id,
  productId: ({ product }) => product.id,
  productName: ({ product }) => product.name,
  variantName: ({ variant }) => variant.name,
  sku: ({ variant }) => variant.sku,
  price: ({ variant }) => toGraph(variant.price),
  compareAtPrice: ({ variant }) => variant.compareAtPrice && toGraph(variant.compareAtPrice),
  imageUrl: ({ product }, _args, context) => context.views.imageUrl(product.slug),
  quantityAvailable: ({ purchasable, available }) => (purchasable ? available : 0),
  weightGrams: ({ variant }) => variant.weightGrams,
  attributes: ({ product }) => product.attributes,
  selectedOptions: ({ variant }) => variant.selectedOptions,
};
