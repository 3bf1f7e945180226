import { type Cart, MAX_LINES, MAX_QUANTITY } from '../domain/cart.js';
import { sells, type WantedLine } from '../domain/lines.js';
import { type CreateCartDeps, createCart } from './createCart.js';
import { CatalogueUnavailable } from './ports.js';

export interface RefillCommand {
  readonly customerId: string;
  readonly currencyCode: string;
  readonly countryCode: string;
  readonly email: string;
  readonly lines: readonly WantedLine[];
}

export type RefillResult =
  | {
      readonly ok: true;
      /** Null when nothing of it can be bought any more. */
      readonly cart: Cart | null;
      /** Variants that are gone, sold out, or sold in another currency now. */
      readonly skipped: readonly string[];
      /** Variants of which fewer units are left than were wanted: the cart has what is left. */
      readonly reduced: readonly string[];
    }
  | { readonly ok: false; readonly code: 'DEPENDENCY_UNAVAILABLE' | 'INVALID'; readonly message: string };

const AWAY = 'The catalogue cannot be asked right now. Try again in a moment.';

/** Makes a new cart of a customer with what was bought before, at the prices of today, as far as it can still be bought. */
export const refillCart =
  (deps: CreateCartDeps) =>
  async (command: RefillCommand): Promise<RefillResult> => {
    const wanted = new Map<string, number>();
    for (const { variantId, quantity } of command.lines) {
      wanted.set(variantId, (wanted.get(variantId) ?? 0) + quantity);
    }
    const lines: WantedLine[] = [];
    const skipped: string[] = [];
    const reduced: string[] = [];
    try {
      const quotes = await deps.catalogue.quote([...wanted.keys()]);
      for (const [variantId, quantity] of wanted) {
        const quote = quotes.get(variantId);
        const possible =
          quote && sells(quote, command.currencyCode) && lines.length < MAX_LINES
            ? Math.min(quantity, quote.quantityAvailable, MAX_QUANTITY)
            : 0;
        if (possible > 0) lines.push({ variantId, quantity: possible });
        if (possible === 0) skipped.push(variantId);
        else if (possible < quantity) reduced.push(variantId);
      }
    } catch (error) {
      if (!(error instanceof CatalogueUnavailable)) throw error;
      return { ok: false, code: 'DEPENDENCY_UNAVAILABLE', message: AWAY };
    }
    if (lines.length === 0) return { ok: true, cart: null, skipped, reduced };
    const { currencyCode, countryCode, email } = command;
    const made = await createCart(deps)({
      userId: command.customerId,
      input: { currencyCode, countryCode, email, lines },
    });
    const [error] = made.errors;
    if (error === undefined) return { ok: true, cart: made.view?.cart ?? null, skipped, reduced };
    // Sold out between the two questions, or the catalogue has gone: nothing was made, the next call sees it as it is.
    return error.code === 'DEPENDENCY_UNAVAILABLE'
      ? { ok: false, code: 'DEPENDENCY_UNAVAILABLE', message: AWAY }
      : { ok: false, code: 'INVALID', message: error.message };
  };
