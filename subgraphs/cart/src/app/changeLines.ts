import {
  addLines,
  checkWanted,
  type LineQuantity,
  removeLines,
  setQuantities,
  type WantedLine,
} from '../domain/lines.js';
import { type CartResult, type ChangeCartDeps, changeCart } from './changeCart.js';
import { showUnchanged } from './showUnchanged.js';

export interface ChangeLinesDeps extends ChangeCartDeps {
  readonly newLineId: () => string;
}

export interface LinesCommand {
  readonly cartId: string;
  readonly userId: string | undefined;
}

/** Adds quantities of variants at the catalogue's price of this moment. See {@link changeCart} for the guarantees. */
export const addCartLines =
  (deps: ChangeLinesDeps) =>
  async (command: LinesCommand & { lines: readonly WantedLine[] }): Promise<CartResult> => {
    const faults = checkWanted(command.lines, 1, ['lines']);
    if (faults.length > 0) return showUnchanged(deps)(command, faults);
    return changeCart(deps)({
      ...command,
      variantIds: command.lines.map((line) => line.variantId),
      decide: (cart, { quotes }) => addLines(cart, command.lines, quotes, deps.newLineId, ['lines']),
    });
  };

/** Sets quantities of lines, 0 removes them. See {@link changeCart} for the guarantees. */
export const setCartLines =
  (deps: ChangeLinesDeps) =>
  async (command: LinesCommand & { lines: readonly LineQuantity[] }): Promise<CartResult> => {
    const faults = checkWanted(command.lines, 0, ['lines']);
    if (faults.length > 0) return showUnchanged(deps)(command, faults);
    return changeCart(deps)({
      ...command,
      variantIds: [],
      decide: (cart, { quotes }) => setQuantities(cart, command.lines, quotes, ['lines']),
    });
  };

/** Removes lines. Works without the catalogue. See {@link changeCart} for the guarantees. */
export const removeCartLines =
  (deps: ChangeCartDeps) =>
  (command: LinesCommand & { lineIds: readonly string[] }): Promise<CartResult> =>
    changeCart(deps)({ ...command, decide: (cart) => removeLines(cart, command.lineIds, ['lineIds']) });
