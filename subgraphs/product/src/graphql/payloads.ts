import { ClientError, type Viewer } from '@souk/runtime';
import type { StockAnswer } from '../app/ports.js';
import type { CatalogueProduct, Category } from '../domain/catalogue.js';
import type { Result } from '../domain/errors.js';
import type { Context } from './context.js';
import { userErrors } from './userErrors.js';

/** Result of a use case as the payload of its mutation. */
export function productPayload(context: Context, result: Result<CatalogueProduct>, prefix: readonly string[]) {
  return result.ok
    ? { product: context.views.product(result.value), userErrors: [] }
    : { product: null, userErrors: withPrefix(result.errors, prefix) };
}

export function categoryPayload(result: Result<Category>, prefix: readonly string[]) {
  return result.ok
    ? { category: result.value, userErrors: [] }
    : { category: null, userErrors: withPrefix(result.errors, prefix) };
}

export async function inventoryPayload(context: Context, result: Result<string>) {
  if (!result.ok) return { variant: null, userErrors: userErrors(result.errors) };
  const product = await context.loaders.productByVariantId.load(result.value);
  return { variant: (product && context.views.variant(product, { id: result.value })) ?? null, userErrors: [] };
}

/** Fields of the mutation's own arguments stay as they are, all others are inside `input`. */
const ARGUMENTS: ReadonlySet<string | undefined> = new Set(['id', 'expectedVersion']);

function withPrefix(errors: Parameters<typeof userErrors>[0], prefix: readonly string[]) {
  return errors.flatMap((error) => userErrors([error], ARGUMENTS.has(error.field[0]) ? [] : prefix));
}

export function stockAnswer(answer: StockAnswer | undefined) {
  if (!answer) throw new Error('A stock call that is no event answered nothing');
  return {
    outcome: answer.outcome,
    shortLines: answer.short.map(({ variantId, requested, available }) => ({
      variantId,
      quantityRequested: requested,
      quantityAvailable: available,
    })),
  };
}

/** Stock moves for orders only, and only the order service knows their state. */
export function onlyOrderService(viewer: Viewer): void {
  if (viewer.kind !== 'service' || viewer.service !== 'order') {
    throw new ClientError('FORBIDDEN', 'Only the order service moves the stock of orders.');
  }
}
