import { type CatalogueError, done, type Result, refused } from '../domain/errors.js';
import { MAX_ON_HAND } from '../domain/productInput.js';
import type { ChangeFeed, StockAdjusted, StockAdjustment, StockStore } from './ports.js';

export interface InventoryDeps {
  readonly stock: StockStore;
  readonly feed: ChangeFeed;
}

/** Adds to the stock on hand or takes from it, once per idempotency key; never below what is reserved. */
export const adjustInventory =
  (deps: InventoryDeps) =>
  async (
    adjustment: Pick<StockAdjustment, 'variantId' | 'reason' | 'actor'> & { delta: number; idempotencyKey: string },
  ): Promise<Result<string>> => {
    const { delta, idempotencyKey } = adjustment;
    if (delta === 0 || Math.abs(delta) > MAX_ON_HAND) {
      return refused({ code: 'INVALID', field: ['delta'], rule: `A change is not 0 and at most ${MAX_ON_HAND}.` });
    }
    if (!/^[\x21-\x7e]{1,128}$/.test(idempotencyKey)) {
      return refused({
        code: 'INVALID',
        field: ['idempotencyKey'],
        rule: 'A key has 1 to 128 printable characters without spaces.',
      });
    }
    return applyAdjustment(deps, { ...adjustment, target: null, expectedOnHand: null }, 'delta');
  };

/** Writes an adjustment and turns what the inventory answers into a result: the variant's id. */
export async function applyAdjustment(
  { stock, feed }: InventoryDeps,
  adjustment: StockAdjustment,
  field: 'delta' | 'onHand',
): Promise<Result<string>> {
  const answer = await stock.adjust(adjustment);
  if (answer.outcome !== 'APPLIED') return refused(errorOf({ ...answer, outcome: answer.outcome }, field));
  feed.stockChanged([adjustment.variantId]);
  return done(adjustment.variantId);
}

function errorOf(
  { outcome, onHand, reserved }: StockAdjusted & { outcome: Exclude<StockAdjusted['outcome'], 'APPLIED'> },
  field: 'delta' | 'onHand',
): CatalogueError {
  switch (outcome) {
    case 'NOT_FOUND':
      return { code: 'NOT_FOUND', field: ['variantId'], what: 'There is no such variant.' };
    case 'NEGATIVE_STOCK':
      return { code: 'NEGATIVE_STOCK', field: [field], onHand, reserved };
    case 'TOO_LARGE':
      return { code: 'INVALID', field: [field], rule: `Stock is at most ${MAX_ON_HAND}.` };
    case 'KEY_REUSED':
      return { code: 'CONFLICT', field: ['idempotencyKey'], reason: 'This key was used for another adjustment.' };
    case 'CONFLICT':
      return { code: 'CONFLICT', field: ['expectedOnHand'], reason: `There are ${onHand} on hand now.` };
  }
}
