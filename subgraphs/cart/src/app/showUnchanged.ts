import { mayUse } from '../domain/cart.js';
import type { CartError } from '../domain/cartError.js';
import type { CartResult } from './changeCart.js';
import type { CartStore } from './ports.js';

export interface ShowUnchangedDeps {
  readonly carts: Pick<CartStore, 'read'>;
}

/** The answer to a mutation whose input is wrong by itself: the cart as it is, if this viewer may see it. */
export const showUnchanged =
  (deps: ShowUnchangedDeps) =>
  async (
    command: { cartId: string; userId: string | undefined },
    errors: readonly CartError[],
  ): Promise<CartResult> => {
    const found = await deps.carts.read(command.cartId);
    return { view: found && mayUse(found.cart, command.userId) ? found : undefined, errors };
  };
