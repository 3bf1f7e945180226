import {
  type Cart,
  type CartLine,
  MAX_LINES,
  MAX_QUANTITY,
  MAX_SUBTOTAL,
  MAX_UNIT_PRICE,
  type Quotes,
  type VariantQuote,
} from './cart.js';
import { type CartDecision, type CartError, cartError, changed, refused } from './cartError.js';

export interface WantedLine {
  readonly variantId: string;
  readonly quantity: number;
}

export interface LineQuantity {
  readonly id: string;
  readonly quantity: number;
}

/** What is wrong with the wanted quantities by themselves, before anybody is asked. `path` leads to the list. */
export function checkWanted(
  lines: readonly { readonly quantity: number }[],
  least: 0 | 1,
  path: readonly string[],
): CartError[] {
  if (lines.length === 0) return [cartError('REQUIRED', 'At least one line is needed.', path)];
  if (lines.length > MAX_LINES) {
    return [cartError('CART_LINE_LIMIT', `A cart has at most ${MAX_LINES} lines.`, path)];
  }
  return lines.flatMap((line, index) => {
    const field = [...path, String(index), 'quantity'];
    if (line.quantity > MAX_QUANTITY) return [quantityLimit(field)];
    return line.quantity < least ? [cartError('INVALID', `A quantity is at least ${least}.`, field)] : [];
  });
}

/**
 * Adds quantities; lines of one variant are merged. Refused as a whole when a variant cannot be bought in the cart's
 * currency and in the resulting quantity. Lines that were there already get the catalogue's present price.
 */
export function addLines(
  cart: Cart,
  wanted: readonly WantedLine[],
  quotes: Quotes,
  newLineId: () => string,
  path: readonly string[],
): CartDecision {
  const errors: CartError[] = [];
  const lines = new Map(requote(cart, quotes).lines.map((line) => [line.variantId, line]));
  wanted.forEach((want, index) => {
    const field = [...path, String(index)];
    const existing = lines.get(want.variantId);
    const quantity = (existing?.quantity ?? 0) + want.quantity;
    const error = cannotBuy(cart, want.variantId, quantity, quotes.get(want.variantId), field);
    if (error) errors.push(error);
    else {
      const quote = quotes.get(want.variantId) as VariantQuote;
      lines.set(want.variantId, existing ? { ...existing, quantity } : newLine(newLineId(), quote, quantity));
    }
  });
  return errors.length > 0 ? refused(...errors) : withLines(cart, [...lines.values()], path);
}

/** Sets quantities; 0 removes. Raising one is refused beyond the stock, lowering one never is. */
export function setQuantities(
  cart: Cart,
  wanted: readonly LineQuantity[],
  quotes: Quotes,
  path: readonly string[],
): CartDecision {
  const errors: CartError[] = [];
  const lines = new Map(requote(cart, quotes).lines.map((line) => [line.id, line]));
  wanted.forEach((want, index) => {
    const line = lines.get(want.id);
    if (!line) {
      errors.push(cartError('NOT_FOUND', 'There is no such line in this cart.', [...path, String(index), 'id']));
      return;
    }
    const raises = want.quantity > line.quantity;
    const error = raises
      ? cannotBuy(cart, line.variantId, want.quantity, quotes.get(line.variantId), [...path, String(index)])
      : undefined;
    if (error) errors.push(error);
    else lines.set(line.id, { ...line, quantity: want.quantity });
  });
  return errors.length > 0
    ? refused(...errors)
    : withLines(
        cart,
        [...lines.values()].filter((line) => line.quantity > 0),
        path,
      );
}

/** Removes lines; all of them must exist. */
export function removeLines(cart: Cart, lineIds: readonly string[], path: readonly string[]): CartDecision {
  const present = new Set(cart.lines.map((line) => line.id));
  const errors = lineIds.flatMap((id, index) =>
    present.has(id) ? [] : [cartError('NOT_FOUND', 'There is no such line in this cart.', [...path, String(index)])],
  );
  if (errors.length > 0) return refused(...errors);
  const gone = new Set(lineIds);
  return changed({ ...cart, lines: cart.lines.filter((line) => !gone.has(line.id)) });
}

/**
 * Brings a guest's lines into a cart: quantities of one variant add up, capped at the limit per line; lines beyond the
 * limit of a cart, or in another currency, stay behind. Never refused: whoever signs in must not lose a cart over it.
 */
export function mergeLines(into: Cart, guest: Cart, newLineId: () => string): Cart {
  if (into.lines.length > 0 && guest.currencyCode !== into.currencyCode) return into;
  const lines = new Map(into.lines.map((line) => [line.variantId, line]));
  for (const line of guest.lines) {
    const existing = lines.get(line.variantId);
    if (existing) {
      lines.set(line.variantId, { ...existing, quantity: Math.min(existing.quantity + line.quantity, MAX_QUANTITY) });
    } else if (lines.size < MAX_LINES) lines.set(line.variantId, { ...line, id: newLineId() });
  }
  const currencyCode = into.lines.length > 0 ? into.currencyCode : guest.currencyCode;
  return { ...into, currencyCode, lines: [...lines.values()] };
}

/** The cart with the catalogue's present names and prices, where the catalogue still sells in the cart's currency. */
export function requote(cart: Cart, quotes: Quotes): Cart {
  if (quotes.size === 0) return cart;
  return {
    ...cart,
    lines: cart.lines.map((line) => {
      const quote = quotes.get(line.variantId);
      return quote && sells(quote, cart.currencyCode) ? { ...line, ...snapshot(quote) } : line;
    }),
  };
}

/** Whether a quote can be taken over into a cart of this currency: a line is never priced by anything else. */
export function sells(quote: VariantQuote, currencyCode: string): boolean {
  return isForSale(quote) && quote.unitPrice.currencyCode === currencyCode;
}

function isForSale(quote: VariantQuote): boolean {
  return quote.purchasable && quote.unitPrice.centAmount >= 0 && quote.unitPrice.centAmount <= MAX_UNIT_PRICE;
}

function cannotBuy(
  cart: Cart,
  variantId: string,
  quantity: number,
  quote: VariantQuote | undefined,
  field: readonly string[],
): CartError | undefined {
  if (!quote || !isForSale(quote)) {
    return cartError('VARIANT_UNAVAILABLE', 'This variant is not for sale.', [...field, 'variantId']);
  }
  if (quote.unitPrice.currencyCode !== cart.currencyCode) {
    return cartError(
      'CURRENCY_MISMATCH',
      `This variant is sold in ${quote.unitPrice.currencyCode}, the cart is in ${cart.currencyCode}.`,
      [...field, 'variantId'],
    );
  }
  if (quantity > MAX_QUANTITY) return quantityLimit([...field, 'quantity']);
  if (quantity > quote.quantityAvailable) {
    return {
      code: 'INSUFFICIENT_STOCK',
      message: quote.quantityAvailable > 0 ? `Only ${quote.quantityAvailable} left.` : 'Sold out.',
      field: [...field, 'quantity'],
      variantId,
      quantityAvailable: quote.quantityAvailable,
    };
  }
  return undefined;
}

function quantityLimit(field: readonly string[]): CartError {
  return cartError('QUANTITY_LIMIT', `At most ${MAX_QUANTITY} of one variant can be ordered at once.`, field);
}

function withLines(cart: Cart, lines: readonly CartLine[], path: readonly string[]): CartDecision {
  if (lines.length > MAX_LINES) {
    return refused(cartError('CART_LINE_LIMIT', `A cart has at most ${MAX_LINES} lines.`, path));
  }
  const subtotal = lines.reduce((total, line) => total + line.unitPrice * line.quantity, 0);
  if (subtotal > MAX_SUBTOTAL) {
    return refused(cartError('QUANTITY_LIMIT', 'This cart is worth more than can be ordered at once.', path));
  }
  return changed({ ...cart, lines });
}

function newLine(id: string, quote: VariantQuote, quantity: number): CartLine {
  return {
    id,
    variantId: quote.variantId,
    quantity,
    unitPriceWhenAdded: quote.unitPrice.centAmount,
    ...snapshot(quote),
  };
}

function snapshot(quote: VariantQuote) {
  return {
    productId: quote.productId,
    productName: quote.productName,
    variantName: quote.variantName,
    sku: quote.sku,
    imageUrl: quote.imageUrl,
    unitPrice: quote.unitPrice.centAmount,
    weightGrams: quote.weightGrams,
  };
}
