import { MAX_CODES } from '../domain/cart.js';
import { type CartError, cartError, changed, refused } from '../domain/cartError.js';
import { type DiscountRefusal, normalizeCode, type Promotion, unusableBecause } from '../domain/promotion.js';
import { type CartResult, type ChangeCartDeps, changeCart } from './changeCart.js';
import { showUnchanged } from './showUnchanged.js';

const WHY: Readonly<Record<DiscountRefusal, string>> = {
  DISCOUNT_INVALID: 'This code is not valid.',
  DISCOUNT_EXPIRED: 'This code has expired.',
  DISCOUNT_LIMIT_REACHED: 'This code has been used up.',
};

/** The codes in the form in which they are stored, each once, and what is wrong with them by themselves. */
export function readCodes(texts: readonly string[], path: readonly string[]): { codes: string[]; errors: CartError[] } {
  const codes = new Set<string>();
  const errors = texts.flatMap((text, index) => {
    const code = normalizeCode(text);
    if (code === undefined) return [cartError('DISCOUNT_INVALID', WHY.DISCOUNT_INVALID, [...path, String(index)])];
    codes.add(code);
    return [];
  });
  if (codes.size > MAX_CODES) errors.push(cartError('INVALID', `At most ${MAX_CODES} codes at once.`, path));
  return { codes: [...codes], errors };
}

/** Codes that nobody can use at this moment. */
export function refuseCodes(
  codes: readonly string[],
  promotions: readonly Promotion[],
  now: Date,
  path: readonly string[],
): CartError[] {
  return codes.flatMap((code, index) => {
    const promotion = promotions.find((candidate) => candidate.code === code);
    const reason = promotion ? unusableBecause(promotion, now) : 'DISCOUNT_INVALID';
    return reason ? [cartError(reason, WHY[reason], [...path, String(index)])] : [];
  });
}

/**
 * Replaces the cart's codes. A code that only this cart does not qualify for (yet) is taken and shown as not
 * applicable; its use is claimed when the cart is ordered. See {@link changeCart} for the guarantees.
 */
export const changeCodes =
  (deps: ChangeCartDeps) =>
  async (command: { cartId: string; userId: string | undefined; codes: readonly string[] }): Promise<CartResult> => {
    const { codes, errors } = readCodes(command.codes, ['codes']);
    if (errors.length > 0) return showUnchanged(deps)(command, errors);
    return changeCart(deps)({
      cartId: command.cartId,
      userId: command.userId,
      codes,
      decide: (cart, { promotions }) => {
        const faults = refuseCodes(codes, promotions, deps.now(), ['codes']);
        return faults.length > 0 ? refused(...faults) : changed({ ...cart, discountCodes: codes });
      },
    });
  };
