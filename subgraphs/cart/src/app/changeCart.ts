import { type Cart, mayUse, nextVersion, type Quotes } from '../domain/cart.js';
import { type CartDecision, type CartError, cartError, closedBecause, refused } from '../domain/cartError.js';
import type { Promotion } from '../domain/promotion.js';
import { type CartStore, type CartView, type Catalogue, CatalogueUnavailable, type Clock } from './ports.js';

/** The cart after a mutation and, if it was refused, why; `view` is undefined when there is no cart to show. */
export interface CartResult {
  readonly view: CartView | undefined;
  readonly errors: readonly CartError[];
}

export interface ChangeCartDeps {
  readonly carts: Pick<CartStore, 'read' | 'save' | 'update' | 'promotionsByCode'>;
  readonly catalogue: Catalogue;
  readonly now: Clock;
}

export interface CartChange {
  readonly cartId: string;
  readonly userId: string | undefined;
  /** Asks the catalogue about these variants, and about the cart's own to price them anew. */
  readonly variantIds?: readonly string[];
  /** Codes whose promotions the decision needs beside those of the cart. */
  readonly codes?: readonly string[];
  /** Pure; runs again on a newer cart when somebody was faster. */
  readonly decide: (cart: Cart, known: { quotes: Quotes; promotions: readonly Promotion[] }) => CartDecision;
}

const NOT_FOUND = refusedWith(cartError('NOT_FOUND', 'There is no such cart.', ['cartId']));

/**
 * Changes a cart that this viewer may use. Guarantees: all or nothing, no lost update (of concurrent changes each sees
 * the one before), nothing is decided while the catalogue cannot be asked. Two round trips to the store; five more
 * when somebody changed the cart in between.
 */
export const changeCart =
  (deps: ChangeCartDeps) =>
  async (change: CartChange): Promise<CartResult> => {
    const found = await deps.carts.read(change.cartId, change.codes);
    if (!found || !mayUse(found.cart, change.userId)) return NOT_FOUND;
    const now = deps.now();
    const closed = closedBecause(found.cart, now);
    if (closed) return { view: found, errors: [closed] };

    let quotes: Quotes = new Map();
    if (change.variantIds) {
      const wanted = new Set([...change.variantIds, ...found.cart.lines.map((line) => line.variantId)]);
      try {
        quotes = await deps.catalogue.quote([...wanted]);
      } catch (error) {
        if (!(error instanceof CatalogueUnavailable)) throw error;
        return { view: found, errors: [catalogueAway()] };
      }
    }

    const decideOn = (cart: Cart): CartDecision => {
      const nowClosed = closedBecause(cart, now);
      if (nowClosed) return refused(nowClosed);
      const decision = change.decide(cart, { quotes, promotions: found.promotions });
      return decision.ok ? { ok: true, cart: nextVersion(decision.cart, now) } : decision;
    };
    let { promotions } = found;
    let decision = decideOn(found.cart);
    if (decision.ok && !(await deps.carts.save(decision.cart, found.cart.version))) {
      const second = await deps.carts.update(change.cartId, decideOn);
      if (!second) return NOT_FOUND;
      decision = second;
      if (decision.ok) promotions = await deps.carts.promotionsByCode(decision.cart.discountCodes);
    }
    return decision.ok
      ? { view: { cart: decision.cart, promotions }, errors: [] }
      : { view: found, errors: decision.errors };
  };

/** A refusal without a cart to show. */
export function refusedWith(...errors: readonly CartError[]): CartResult {
  return { view: undefined, errors };
}

/** Said instead of pricing a line by guess. */
export function catalogueAway(): CartError {
  return cartError('DEPENDENCY_UNAVAILABLE', 'The catalogue cannot be asked right now. Try again in a moment.');
}
