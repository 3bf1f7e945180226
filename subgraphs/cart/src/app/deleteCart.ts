import { mayUse } from '../domain/cart.js';
import { cartError, closedBecause } from '../domain/cartError.js';
import { type CartResult, refusedWith } from './changeCart.js';
import type { CartStore, Clock } from './ports.js';

/** Deletes a cart that this viewer may use and that is not ordered. */
export const deleteCart =
  (deps: { carts: Pick<CartStore, 'read' | 'remove'>; now: Clock }) =>
  async (command: { cartId: string; userId: string | undefined }): Promise<CartResult> => {
    const found = await deps.carts.read(command.cartId);
    if (!found || !mayUse(found.cart, command.userId)) {
      return refusedWith(cartError('NOT_FOUND', 'There is no such cart.', ['cartId']));
    }
    const closed = closedBecause(found.cart, deps.now());
    if (closed) return { view: found, errors: [closed] };
    if (await deps.carts.remove(command.cartId)) return { view: undefined, errors: [] };
    const conflict = cartError('CART_COMPLETED', 'This cart was ordered or merged just now.', ['cartId']);
    return { view: await deps.carts.read(command.cartId), errors: [conflict] };
  };
