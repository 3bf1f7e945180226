import { CART_LIFETIME_MS, type Cart, type Quotes } from '../domain/cart.js';
import type { CartError } from '../domain/cartError.js';
import { addLines, checkWanted, type WantedLine } from '../domain/lines.js';
import { priceCart } from '../domain/pricing.js';
import type { Promotion } from '../domain/promotion.js';
import { type BuyerInput, readBuyer, shippingIneligible } from './changeBuyer.js';
import { type CartResult, catalogueAway, refusedWith } from './changeCart.js';
import { readCodes, refuseCodes } from './changeCodes.js';
import { type CartStore, type Catalogue, CatalogueUnavailable, type Clock, type RulesSource } from './ports.js';

export interface CreateCartDeps {
  readonly carts: Pick<CartStore, 'create' | 'promotionsByCode'>;
  readonly catalogue: Catalogue;
  readonly rules: RulesSource;
  readonly now: Clock;
  readonly newCartId: () => string;
  readonly newLineId: () => string;
  /** A guest cart's secret and what is stored of it. */
  readonly newToken: () => { token: string; hash: Buffer };
  readonly defaultCurrency: string;
}

export interface CreateCartInput extends BuyerInput {
  readonly lines?: readonly WantedLine[] | null | undefined;
  readonly shippingMethodId?: string | null | undefined;
  readonly discountCodes?: readonly string[] | null | undefined;
}

const at = (part: string): readonly string[] => ['input', part];

/**
 * Makes a cart with everything in the input, or nothing. Without a currency the cart takes that of its first line.
 * `token` is the guest's secret, given out here only. One round trip to the store, one more with codes.
 */
export const createCart =
  (deps: CreateCartDeps) =>
  async (command: {
    userId: string | undefined;
    input: CreateCartInput;
  }): Promise<CartResult & { token: string | null }> => {
    const { input } = command;
    const refuse = (errors: readonly CartError[]) => ({ ...refusedWith(...errors), token: null });
    const lines = input.lines ?? [];
    const { part, errors } = readBuyer(input, at);
    const { codes, errors: codeErrors } = readCodes(input.discountCodes ?? [], at('discountCodes'));
    errors.push(...codeErrors, ...(lines.length > 0 ? checkWanted(lines, 1, at('lines')) : []));
    if (errors.length > 0) return refuse(errors);

    let quotes: Quotes;
    let promotions: Promotion[];
    try {
      [quotes, promotions] = await Promise.all([
        lines.length > 0 ? deps.catalogue.quote([...new Set(lines.map((line) => line.variantId))]) : new Map(),
        codes.length > 0 ? deps.carts.promotionsByCode(codes) : [],
      ]);
    } catch (error) {
      if (error instanceof CatalogueUnavailable) return refuse([catalogueAway()]);
      throw error;
    }
    const now = deps.now();
    const badCodes = refuseCodes(codes, promotions, now, at('discountCodes'));
    if (badCodes.length > 0) return refuse(badCodes);

    const firstQuote = lines[0] ? quotes.get(lines[0].variantId) : undefined;
    let cart: Cart = {
      id: deps.newCartId(),
      customerId: command.userId ?? null,
      status: 'ACTIVE',
      version: 1,
      currencyCode: part.currencyCode ?? firstQuote?.unitPrice.currencyCode ?? deps.defaultCurrency,
      countryCode: part.countryCode ?? null,
      email: part.email ?? null,
      shippingAddress: part.shippingAddress ?? null,
      billingAddress: part.billingAddress ?? null,
      shippingMethodId: input.shippingMethodId ?? null,
      discountCodes: codes,
      note: part.note ?? null,
      lines: [],
      mergedIntoId: null,
      createdAt: now,
      updatedAt: now,
      expiresAt: new Date(now.getTime() + CART_LIFETIME_MS),
    };
    if (lines.length > 0) {
      const decision = addLines(cart, lines, quotes, deps.newLineId, at('lines'));
      if (!decision.ok) return refuse(decision.errors);
      cart = decision.cart;
    }
    if (
      cart.shippingMethodId !== null &&
      !priceCart(cart, deps.rules.current(), promotions, now).selectedShippingMethod
    ) {
      return refuse([shippingIneligible(at('shippingMethodId'))]);
    }
    const secret = command.userId === undefined ? deps.newToken() : undefined;
    await deps.carts.create(cart, secret?.hash ?? null);
    return { view: { cart, promotions }, errors: [], token: secret?.token ?? null };
  };
