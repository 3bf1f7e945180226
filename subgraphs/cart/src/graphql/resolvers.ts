import type { Resolvers } from '../generated/graphql.js';
import { Cart } from './Cart.js';
import { CartLine } from './CartLine.js';
import { cartAddressesUpdate } from './Mutation/cartAddressesUpdate.js';
import { cartBuyerIdentityUpdate } from './Mutation/cartBuyerIdentityUpdate.js';
import { cartCheckout } from './Mutation/cartCheckout.js';
import { cartCheckoutRelease } from './Mutation/cartCheckoutRelease.js';
import { cartCreate } from './Mutation/cartCreate.js';
import { cartDelete } from './Mutation/cartDelete.js';
import { cartDiscountCodesUpdate } from './Mutation/cartDiscountCodesUpdate.js';
import { cartLinesAdd } from './Mutation/cartLinesAdd.js';
import { cartLinesRemove } from './Mutation/cartLinesRemove.js';
import { cartLinesUpdate } from './Mutation/cartLinesUpdate.js';
import { cartMerge } from './Mutation/cartMerge.js';
import { cartNoteUpdate } from './Mutation/cartNoteUpdate.js';
import { cartRefill } from './Mutation/cartRefill.js';
import { cartShippingMethodUpdate } from './Mutation/cartShippingMethodUpdate.js';
import { promotionCreate } from './Mutation/promotionCreate.js';
import { promotionDelete } from './Mutation/promotionDelete.js';
import { promotionUpdate } from './Mutation/promotionUpdate.js';
import { Promotion } from './Promotion.js';
import { activeCart } from './Query/activeCart.js';
import { cart } from './Query/cart.js';
import { promotions } from './Query/promotions.js';
import { quoteLines } from './Query/quoteLines.js';
import { User } from './User.js';

/** Every resolver of the cart's part of the graph. */
export const resolvers: Resolvers = {
  Query: { activeCart, cart, promotions, quoteLines },
  Mutation: {
    cartAddressesUpdate,
    cartBuyerIdentityUpdate,
    cartCheckout,
    cartCheckoutRelease,
    cartCreate,
    cartDelete,
    cartDiscountCodesUpdate,
    cartLinesAdd,
    cartLinesRemove,
    cartLinesUpdate,
    cartMerge,
    cartNoteUpdate,
    cartRefill,
    cartShippingMethodUpdate,
    promotionCreate,
    promotionDelete,
    promotionUpdate,
  },
  Cart,
  CartLine,
  Promotion,
  User,
};
