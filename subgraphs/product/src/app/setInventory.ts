import { type Result, refused } from '../domain/errors.js';
import { MAX_ON_HAND } from '../domain/productInput.js';
import { applyAdjustment, type InventoryDeps } from './adjustInventory.js';
import type { StockAdjustment } from './ports.js';

/** Sets the stock on hand to what was counted; the difference is booked. Never below what is reserved. */
export const setInventory =
  (deps: InventoryDeps) =>
  async (
    count: Pick<StockAdjustment, 'variantId' | 'reason' | 'actor' | 'expectedOnHand'> & { onHand: number },
  ): Promise<Result<string>> => {
    const { onHand, ...rest } = count;
    if (onHand < 0 || onHand > MAX_ON_HAND) {
      return refused({ code: 'INVALID', field: ['onHand'], rule: `Stock is 0 to ${MAX_ON_HAND}.` });
    }
    return applyAdjustment(deps, { ...rest, delta: null, target: onHand, idempotencyKey: null }, 'onHand');
  };
