import { ClientError, failpoint } from '@souk/runtime';
import type { InventoryDeps } from './adjustInventory.js';
import type { StockAnswer, StockLine, StockStore } from './ports.js';

export const MAX_LINES = 500;
const MAX_QUANTITY = 1_000_000;

/** Reserves all lines for an order or none, in one round trip; idempotent by order, and repeating it renews the expiry. */
export const reserveStock = ({ stock, feed }: InventoryDeps) => holding(stock.reserve, feed);

/** Makes what a return holds for its exchange exactly these lines, or nothing when there is too little; see `StockStore.hold`. */
export const holdStock = ({ stock, feed }: InventoryDeps) => holding(stock.hold, feed);

const holding =
  (hold: StockStore['reserve'], feed: InventoryDeps['feed']) =>
  async (stockId: string, lines: readonly StockLine[], expiresAt: Date): Promise<StockAnswer> => {
    if (lines.length === 0 || lines.length > MAX_LINES) {
      throw new ClientError('BAD_USER_INPUT', `A reservation has 1 to ${MAX_LINES} lines.`);
    }
    if (lines.some(({ quantity }) => quantity < 1 || quantity > MAX_QUANTITY)) {
      throw new ClientError('BAD_USER_INPUT', `A quantity is 1 to ${MAX_QUANTITY}.`);
    }
    const answer = await hold(stockId, lines, expiresAt);
    await failpoint('product.stock.afterReserve');
    if (answer.outcome === 'RESERVED') feed.stockChanged(lines.map(({ variantId }) => variantId));
    return answer;
  };
