import { failpoint } from '@souk/runtime';
import { changeBuyer, chooseShippingMethod } from './changeBuyer.js';
import { changeCodes } from './changeCodes.js';
import { addCartLines, removeCartLines, setCartLines } from './changeLines.js';
import { type CheckoutCartDeps, checkoutCart } from './checkoutCart.js';
import { type CreateCartDeps, createCart } from './createCart.js';
import { deleteCart } from './deleteCart.js';
import { mergeCarts } from './mergeCarts.js';
import { eraseCustomer, eraseOrder, exportPersonalData, type PersonalDataDeps } from './personalData.js';
import type { CartStore } from './ports.js';
import { createPromotion, deletePromotion, listPromotions, type PromotionDeps, updatePromotion } from './promotions.js';
import { quoteLines } from './quoteLines.js';
import { readActiveCart, readCart, readCarts } from './readCarts.js';
import { refillCart } from './refillCart.js';

export interface AppDeps extends CreateCartDeps, CheckoutCartDeps, PersonalDataDeps, PromotionDeps {
  readonly carts: CartStore;
  readonly hashToken: (token: string) => Buffer;
}

/** Everything that the cart service can do. */
export function createApp(deps: AppDeps) {
  return {
    readCart: readCart(deps),
    readActiveCart: readActiveCart(deps),
    readCarts: readCarts(deps),
    createCart: createCart(deps),
    addCartLines: addCartLines(deps),
    setCartLines: setCartLines(deps),
    removeCartLines: removeCartLines(deps),
    changeBuyer: changeBuyer(deps),
    changeCodes: changeCodes(deps),
    chooseShippingMethod: chooseShippingMethod(deps),
    mergeCarts: mergeCarts(deps),
    deleteCart: deleteCart(deps),
    checkoutCart: checkoutCart(deps),
    async releaseCheckout(orderId: string) {
      const released = await deps.checkouts.release(orderId, deps.now());
      await failpoint('cart.checkout.afterRelease');
      return released;
    },
    quoteLines: quoteLines(deps),
    refillCart: refillCart(deps),
    listPromotions: listPromotions(deps),
    createPromotion: createPromotion(deps),
    updatePromotion: updatePromotion(deps),
    deletePromotion: deletePromotion(deps),
    eraseCustomer: eraseCustomer(deps),
    eraseOrder: eraseOrder(deps),
    exportPersonalData: exportPersonalData(deps),
    quote: deps.catalogue.quote,
    rules: deps.rules,
    now: deps.now,
  };
}

export type App = ReturnType<typeof createApp>;
