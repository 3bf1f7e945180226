import { toGraph } from '@souk/money';
import type { Refusal } from '../domain/refusal.js';
import type { ResolversTypes } from '../generated/graphql.js';

type UserErrorOut = Awaited<ResolversTypes['UserError']>;

/** The only place where refusals become user errors. */
export function userErrorOf(refusal: Refusal): UserErrorOut {
  switch (refusal.code) {
    case 'PRICE_CHANGED':
      return {
        __typename: 'PriceChangedError',
        code: refusal.code,
        message: 'The price has changed since it was shown.',
        field: ['input', 'expectedTotal'],
        expected: toGraph(refusal.expected),
        actual: toGraph(refusal.actual),
      };
    case 'INSUFFICIENT_STOCK':
      return {
        __typename: 'InsufficientStockError',
        code: refusal.code,
        message:
          refusal.quantityAvailable === 0
            ? 'This article is sold out.'
            : `Only ${refusal.quantityAvailable} of this article are left.`,
        field: ['input', 'cartId'],
        variantId: refusal.variantId,
        quantityAvailable: refusal.quantityAvailable,
      };
    default:
      return {
        __typename: 'GenericError',
        code: refusal.code,
        message: refusal.message,
        field: refusal.field ?? null,
      };
  }
}

export const userErrorsOf = (refusals: readonly Refusal[]): UserErrorOut[] => refusals.map(userErrorOf);
