import { failpoint } from '@souk/runtime';
import { mayUse, type Quotes } from '../domain/cart.js';
import {
  type CheckoutAnswer,
  type CheckoutRefusal,
  checkoutAnswer,
  notReadyBecause,
  pricesDiffer,
  repriceForOrder,
} from '../domain/checkout.js';
import { priceCart } from '../domain/pricing.js';
import { type Catalogue, CatalogueUnavailable, type CheckoutStore, type Clock, type RulesSource } from './ports.js';

export interface CheckoutCartDeps {
  readonly checkouts: CheckoutStore;
  readonly catalogue: Catalogue;
  readonly rules: RulesSource;
  readonly now: Clock;
  /** Tells customers apart without keeping who they are: of a user's id or a guest's e-mail address. */
  readonly customerKey: (customerId: string | null, email: string) => Buffer;
}

export interface CheckoutCommand {
  readonly cartId: string;
  readonly cartVersion: number;
  readonly orderId: string;
  readonly viewerUserId: string | undefined;
}

export type CheckoutResult =
  | { readonly checkout: CheckoutAnswer; readonly refusals: readonly [] }
  | { readonly checkout: null; readonly refusals: readonly CheckoutRefusal[] };

/** More rounds than automatic promotions can run out between a read and its claim. */
const MAX_ROUNDS = 5;

/**
 * Prices a cart anew and completes it for an order, all or nothing. Guarantees: the same orderId gets the same answer
 * again; a promotion is used at most as often as its limits allow, however many check out at once; a refusal changes
 * nothing. Two round trips to the store and one question to the catalogue.
 */
export const checkoutCart =
  (deps: CheckoutCartDeps) =>
  async (command: CheckoutCommand): Promise<CheckoutResult> => {
    let quotes: Quotes | undefined;
    const exhausted = new Set<string>();
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const read = await deps.checkouts.read(command.cartId, command.orderId);
      if (read.earlier) return earlierAnswer(read.earlier, command.cartId);
      if (!read.view || !mayUse(read.view.cart, command.viewerUserId)) {
        return refuse({ code: 'NOT_FOUND', message: 'There is no such cart.' });
      }
      const now = deps.now();
      const { cart: shown, promotions } = read.view;
      const notReady = notReadyBecause(shown, command.cartVersion, now);
      if (notReady.length > 0) return refuse(...notReady);
      try {
        quotes ??= await deps.catalogue.quote(
          shown.lines.map((line) => line.variantId),
          { fresh: true },
        );
      } catch (error) {
        if (!(error instanceof CatalogueUnavailable)) throw error;
        return refuse({
          code: 'DEPENDENCY_UNAVAILABLE',
          message: 'The catalogue cannot be asked for prices right now.',
        });
      }
      const { cart, refusals } = repriceForOrder(shown, quotes);
      if (refusals.length > 0) return refuse(...refusals);

      const automaticPromotions = read.automaticPromotions.filter((promotion) => !exhausted.has(promotion.id));
      const pricing = priceCart(cart, { ...deps.rules.current(), automaticPromotions }, promotions, now);
      const usedUp = pricing.codes.filter((code) => code.reason === 'DISCOUNT_LIMIT_REACHED');
      if (usedUp.length > 0) return refuse(...usedUp.map((code) => codeUsedUp(code.code)));
      if (!pricing.selectedShippingMethod) {
        return refuse({
          code: 'SHIPPING_METHOD_INELIGIBLE',
          message: 'The shipping method cannot deliver this cart to its country.',
        });
      }
      const customerId = cart.customerId ?? command.viewerUserId ?? null;
      const answer = checkoutAnswer({ orderId: command.orderId, cart, customerId, pricing });
      const claim = await deps.checkouts.claim({
        orderId: command.orderId,
        cart,
        repriced: pricesDiffer(shown, cart),
        answer,
        promotionIds: pricing.applied.map((promotion) => promotion.id),
        customerKey: deps.customerKey(customerId, answer.email),
        now,
      });
      await failpoint('cart.checkout.afterLock');
      if (claim.outcome === 'CLAIMED') return { checkout: answer, refusals: [] };
      if (claim.outcome === 'LIMIT') {
        const promotion = pricing.applied.find((candidate) => candidate.id === claim.promotionId);
        if (promotion?.code) return refuse(codeUsedUp(promotion.code));
        exhausted.add(claim.promotionId);
      }
      // CHANGED and EXISTS: somebody was faster; the next round reads what they did.
    }
    return refuse({ code: 'CART_CHANGED', message: 'The cart keeps changing. Look at it again before ordering.' });
  };

function earlierAnswer(
  earlier: { cartId: string | null; answer: CheckoutAnswer | null; released: boolean },
  cartId: string,
): CheckoutResult {
  if (earlier.released || earlier.answer === null) {
    return refuse({ code: 'CONFLICT', message: 'The checkout of this order was undone.' });
  }
  if (earlier.cartId !== cartId) return refuse({ code: 'CONFLICT', message: 'This order has another cart.' });
  return { checkout: earlier.answer, refusals: [] };
}

function codeUsedUp(discountCode: string): CheckoutRefusal {
  return { code: 'DISCOUNT_LIMIT_REACHED', message: `The code ${discountCode} has been used up.`, discountCode };
}

function refuse(...refusals: readonly CheckoutRefusal[]): CheckoutResult {
  return { checkout: null, refusals };
}
