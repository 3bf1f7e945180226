import { isCurrencyCode } from '@souk/money';
import { type AddressInput, checkAddress, checkCountry, checkEmail, checkNote } from '../domain/buyer.js';
import type { Cart, PostalAddress } from '../domain/cart.js';
import { type CartError, cartError, changed, refused } from '../domain/cartError.js';
import { priceCart } from '../domain/pricing.js';
import { type CartResult, type ChangeCartDeps, changeCart } from './changeCart.js';
import type { RulesSource } from './ports.js';
import { showUnchanged } from './showUnchanged.js';

export interface BuyerCommand {
  readonly cartId: string;
  readonly userId: string | undefined;
}

/** Left out: keep; null: remove. */
export interface BuyerInput {
  readonly email?: string | null | undefined;
  readonly countryCode?: string | null | undefined;
  readonly currencyCode?: string | null | undefined;
  readonly note?: string | null | undefined;
  readonly shippingAddress?: AddressInput | null | undefined;
  readonly billingAddress?: AddressInput | null | undefined;
}

type BuyerPart = Partial<
  Pick<Cart, 'email' | 'countryCode' | 'currencyCode' | 'note' | 'shippingAddress' | 'billingAddress'>
>;

/** The cleaned parts of an input, and what is wrong with it. `at` is the path of a part in the caller's arguments. */
export function readBuyer(
  input: BuyerInput,
  at: (part: string) => readonly string[],
): { part: BuyerPart; errors: CartError[] } {
  const errors: CartError[] = [];
  const part: { -readonly [K in keyof BuyerPart]: BuyerPart[K] } = {};
  if (input.email === null) part.email = null;
  else if (input.email !== undefined) {
    const checked = checkEmail(input.email, at('email'));
    if ('error' in checked) errors.push(checked.error);
    else part.email = checked.email;
  }
  if (input.countryCode === null) part.countryCode = null;
  else if (input.countryCode !== undefined) {
    errors.push(...checkCountry(input.countryCode, at('countryCode')));
    part.countryCode = input.countryCode;
  }
  if (input.currencyCode !== undefined && input.currencyCode !== null) {
    if (isCurrencyCode(input.currencyCode)) part.currencyCode = input.currencyCode;
    else errors.push(cartError('INVALID', 'This is not a currency of ISO 4217.', at('currencyCode')));
  }
  if (input.note !== undefined) {
    const checked = checkNote(input.note, at('note'));
    if ('error' in checked) errors.push(checked.error);
    else part.note = checked.note;
  }
  for (const name of ['shippingAddress', 'billingAddress'] as const) {
    const address = input[name];
    if (address === undefined) continue;
    const checked: { address: PostalAddress | null } | { errors: CartError[] } =
      address === null ? { address: null } : checkAddress(address, at(name));
    if ('errors' in checked) errors.push(...checked.errors);
    else part[name] = checked.address;
  }
  return { part, errors };
}

/**
 * Sets e-mail address, country, currency, addresses or note. The currency of a cart with lines stays.
 * See {@link changeCart} for the guarantees.
 */
export const changeBuyer =
  (deps: ChangeCartDeps) =>
  async (
    command: BuyerCommand & { input: BuyerInput; at?: (part: string) => readonly string[] },
  ): Promise<CartResult> => {
    const { part, errors } = readBuyer(command.input, command.at ?? ((name) => [name]));
    if (errors.length > 0) return showUnchanged(deps)(command, errors);
    return changeCart(deps)({
      ...command,
      decide: (cart) => {
        const currencyCode = part.currencyCode ?? cart.currencyCode;
        if (cart.lines.length > 0 && currencyCode !== cart.currencyCode) {
          return refused(
            cartError('CURRENCY_MISMATCH', `The lines of this cart are priced in ${cart.currencyCode}.`, [
              'currencyCode',
            ]),
          );
        }
        return changed({ ...cart, ...part });
      },
    });
  };

/** Chooses one of the methods that deliver this cart. See {@link changeCart} for the guarantees. */
export const chooseShippingMethod =
  (deps: ChangeCartDeps & { rules: RulesSource }) =>
  (command: BuyerCommand & { shippingMethodId: string }): Promise<CartResult> =>
    changeCart(deps)({
      ...command,
      decide: (cart, { promotions }) => {
        const next = { ...cart, shippingMethodId: command.shippingMethodId };
        const { selectedShippingMethod } = priceCart(next, deps.rules.current(), promotions, deps.now());
        return selectedShippingMethod ? changed(next) : refused(shippingIneligible(['shippingMethodId']));
      },
    });

/** The refusal of a method that cannot deliver the cart. */
export function shippingIneligible(field: readonly string[]): CartError {
  return cartError(
    'SHIPPING_METHOD_INELIGIBLE',
    'This shipping method cannot deliver this cart to its country.',
    field,
  );
}
