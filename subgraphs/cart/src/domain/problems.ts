import type { Cart, CartLine, Quotes } from './cart.js';
import { sells } from './lines.js';

/** What has to be settled before a cart can be ordered as shown. Prices are minor units of the cart's currency. */
export type CartProblem =
  | { readonly kind: 'VARIANT_UNAVAILABLE'; readonly line: CartLine }
  | { readonly kind: 'INSUFFICIENT_STOCK'; readonly line: CartLine; readonly quantityAvailable: number }
  | { readonly kind: 'PRICE_CHANGED'; readonly line: CartLine; readonly newPrice: number };

/** Compares a cart with the catalogue of this moment, line by line. */
export function cartProblems(cart: Cart, quotes: Quotes): CartProblem[] {
  return cart.lines.flatMap((line): CartProblem[] => {
    const quote = quotes.get(line.variantId);
    if (!quote || !sells(quote, cart.currencyCode)) return [{ kind: 'VARIANT_UNAVAILABLE', line }];
    const problems: CartProblem[] = [];
    if (quote.unitPrice.centAmount !== line.unitPrice) {
      problems.push({ kind: 'PRICE_CHANGED', line, newPrice: quote.unitPrice.centAmount });
    }
    if (quote.quantityAvailable < line.quantity) {
      problems.push({ kind: 'INSUFFICIENT_STOCK', line, quantityAvailable: quote.quantityAvailable });
    }
    return problems;
  });
}

/** Whether the catalogue can deliver this line at this moment. */
export function isAvailable(cart: Cart, line: CartLine, quotes: Quotes): boolean {
  const quote = quotes.get(line.variantId);
  return quote !== undefined && sells(quote, cart.currencyCode) && quote.quantityAvailable >= line.quantity;
}
