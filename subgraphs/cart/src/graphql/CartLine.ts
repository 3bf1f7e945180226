import { isAvailable } from '../domain/problems.js';
import type { CartLineResolvers } from '../generated/graphql.js';
import { graphMoney } from './money.js';

export const CartLine: CartLineResolvers = {
  id: ({ line }) => line.id,
  variant: ({ line }) => ({ id: line.variantId }),
  productName: ({ line }) => line.productName,
  variantName: ({ line }) => line.variantName,
  sku: ({ line }) => line.sku,
  imageUrl: ({ line }) => line.imageUrl,
  quantity: ({ line }) => line.quantity,
  unitPrice: ({ of, line }) => graphMoney(line.unitPrice, of.cart.currencyCode),
  unitPriceWhenAdded: ({ of, line }) => graphMoney(line.unitPriceWhenAdded, of.cart.currencyCode),
  discount: ({ of, price }) => graphMoney(price.discount, of.cart.currencyCode),
  total: ({ of, price }) => graphMoney(price.total, of.cart.currencyCode),
  available: async ({ of, line }) => isAvailable(of.cart, line, await of.quotes()),
};
