import { mayUse } from '../domain/cart.js';
import type { CartStore, CartView } from './ports.js';

interface Deps {
  readonly carts: Pick<CartStore, 'read' | 'readActive' | 'readMany'>;
}

/** The cart, if this viewer may use it. One round trip. */
export const readCart =
  (deps: Deps) =>
  async (cartId: string, userId: string | undefined): Promise<CartView | undefined> => {
    const found = await deps.carts.read(cartId);
    return found && mayUse(found.cart, userId) ? found : undefined;
  };

/** The user's active cart that was changed last. One round trip. */
export const readActiveCart =
  (deps: Deps) =>
  (userId: string): Promise<CartView | undefined> =>
    deps.carts.readActive(userId);

/** The carts in the order of `ids`, those that this viewer may use. One round trip for all of them. */
export const readCarts =
  (deps: Deps) =>
  async (ids: readonly string[], userId: string | undefined): Promise<(CartView | undefined)[]> => {
    const found = new Map((await deps.carts.readMany(ids)).map((view) => [view.cart.id, view]));
    return ids.map((id) => {
      const view = found.get(id);
      return view && mayUse(view.cart, userId) ? view : undefined;
    });
  };
