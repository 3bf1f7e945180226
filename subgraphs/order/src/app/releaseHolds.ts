import type { Logger } from '@souk/runtime';
import type { OrderReturn } from '../domain/return.js';
import { replaced } from '../domain/wholeOrder.js';
import type { ExchangeStock, WholeOrders } from './afterSalesPorts.js';
import { changeReturn } from './changeReturn.js';
import { type ChangeWholeDeps, nothing, type WholeResult } from './changeWhole.js';
import type { Clock } from './ports.js';

export interface ReleaseHoldDeps extends ChangeWholeDeps {
  readonly exchangeStock: ExchangeStock;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Returns that one round of the sweeper looks at. */
export const HOLD_BATCH = 50;

/**
 * Gives back what an ended return held for an exchange, right after it was ended. When that fails the sweeper does it: the
 * return says that it holds stock until it is given back.
 */
export async function releaseHold(deps: ReleaseHoldDeps, result: WholeResult, id: string): Promise<WholeResult> {
  const back = result.ok ? result.order.returns.find((one) => one.id === id) : undefined;
  const holdsNothing = back?.stockHeldUntil === null && back.lines.every(({ exchange }) => exchange === null);
  if (back === undefined || holdsNothing) return result;
  try {
    await freeStock(deps, back);
  } catch (error) {
    deps.logger.warn({ err: error, returnId: id }, 'stock held for an exchange is given back later');
  }
  return result;
}

/**
 * One round of the sweeper of exchanges: what is held for goods that did not arrive in time is free again (and is asked for anew
 * when they do), what is held for returns that have ended is given back for good. Answers how many it looked at.
 */
export const releaseHolds = (deps: ReleaseHoldDeps & { readonly whole: WholeOrders }) => async (): Promise<number> => {
  const due = await deps.whole.lapsedHolds(deps.clock(), HOLD_BATCH);
  for (const id of due) {
    const order = await deps.whole.of({ kind: 'return', id });
    const back = order?.returns.find((one) => one.id === id);
    if (back === undefined) continue;
    try {
      await freeStock(deps, back);
    } catch (error) {
      deps.logger.warn({ err: error, returnId: id }, 'stock held for an exchange could not be given back yet');
    }
  }
  return due.length;
};

async function freeStock(deps: ReleaseHoldDeps, { id, status, stockHeldUntil }: OrderReturn): Promise<void> {
  // As of the moment it lapsed: goods that arrive just now have renewed the hold, and keep it.
  if (status === 'APPROVED' && stockHeldUntil !== null) await deps.exchangeStock.lapse(id, stockHeldUntil);
  else await deps.exchangeStock.release(id);
  await changeReturn(deps)(id, (order, back) => {
    const stands = back.status === status && back.stockHeldUntil?.getTime() === stockHeldUntil?.getTime();
    if (!stands || back.stockHeldUntil === null) return { step: { kind: 'REPLAY' }, tell: nothing };
    const freed = { ...back, stockHeldUntil: null };
    return { step: { kind: 'CHANGE', after: { ...order, returns: replaced(order.returns, freed) } }, tell: nothing };
  });
}
