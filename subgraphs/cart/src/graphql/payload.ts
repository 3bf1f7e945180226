import type { CartResult } from '../app/changeCart.js';
import type { CartError } from '../domain/cartError.js';
import type { ErrorCode } from '../generated/graphql.js';
import type { Context } from './context.js';
import { type CartModel, cartModel } from './models.js';

type GraphError =
  | { __typename: 'GenericError'; code: ErrorCode; message: string; field: readonly string[] | null }
  | {
      __typename: 'InsufficientStockError';
      code: ErrorCode;
      message: string;
      field: readonly string[] | null;
      variantId: string;
      quantityAvailable: number;
    };

/** The one place where refusals become `userErrors`. */
export function userErrors(errors: readonly CartError[]): GraphError[] {
  return errors.map((error) => {
    const { message, field = null } = error;
    if (error.code === 'INSUFFICIENT_STOCK') {
      const { code, variantId, quantityAvailable } = error;
      return { __typename: 'InsufficientStockError', code, message, field, variantId, quantityAvailable };
    }
    return { __typename: 'GenericError', code: error.code, message, field };
  });
}

/** The payload of every cart mutation. */
export function cartPayload(
  context: Context,
  result: CartResult,
  token: string | null = null,
): {
  cart: CartModel | null;
  userErrors: GraphError[];
} {
  return {
    cart: result.view ? cartModel(context.app, result.view, token) : null,
    userErrors: userErrors(result.errors),
  };
}
