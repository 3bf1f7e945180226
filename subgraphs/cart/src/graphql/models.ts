import { ClientError } from '@souk/runtime';
import type { App } from '../app/index.js';
import { type CartView, CatalogueUnavailable } from '../app/ports.js';
import type { Cart, CartLine, Quotes } from '../domain/cart.js';
import { type LinePrice, type Pricing, priceCart } from '../domain/pricing.js';
import type { Promotion } from '../domain/promotion.js';

/** A cart on its way to the client: priced when a price is asked for, compared with the catalogue when that is. */
export interface CartModel {
  readonly cart: Cart;
  /** Of the guest cart that was made just now. */
  readonly token: string | null;
  readonly pricing: () => Pricing;
  /** Asked once per request, only when problems or availability are selected. */
  readonly quotes: () => Promise<Quotes>;
}

export interface CartLineModel {
  readonly of: CartModel;
  readonly line: CartLine;
  readonly price: LinePrice;
}

export type PromotionModel = Promotion;

export function cartModel(app: App, view: CartView, token: string | null = null): CartModel {
  let pricing: Pricing | undefined;
  let quotes: Promise<Quotes> | undefined;
  return {
    cart: view.cart,
    token,
    pricing() {
      pricing ??= priceCart(view.cart, app.rules.current(), view.promotions, app.now());
      return pricing;
    },
    quotes() {
      quotes ??= app.quote(view.cart.lines.map((line) => line.variantId)).catch((error: unknown) => {
        if (!(error instanceof CatalogueUnavailable)) throw error;
        throw new ClientError(
          'DEPENDENCY_UNAVAILABLE',
          'The catalogue cannot be asked right now. Try again in a moment.',
        );
      });
      return quotes;
    },
  };
}
