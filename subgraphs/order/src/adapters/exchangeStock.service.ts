import type { ServiceClient } from '@souk/runtime';
import type { ExchangeStock } from '../app/afterSalesPorts.js';

interface Held {
  readonly outcome: 'RESERVED' | 'COMMITTED' | 'RELEASED' | 'INSUFFICIENT_STOCK' | 'RESERVATION_MISMATCH';
  readonly shortLines: readonly { readonly variantId: string; readonly quantityAvailable: number }[];
}

const HOLD = `mutation OrderExchangeHold($stockId: ID!, $lines: [StockLineInput!]!, $expiresAt: DateTime!) {
  stock: stockHold(stockId: $stockId, lines: $lines, expiresAt: $expiresAt) { outcome shortLines { variantId quantityAvailable } }
}`;
const RELEASE = `mutation OrderExchangeRelease($stockId: ID!, $asOf: DateTime) {
  stock: stockRelease(orderId: $stockId, asOf: $asOf) { outcome }
}`;
const TIMEOUT_MS = 3_000;

/** The product service's stock for exchanges, called as a service. */
export function createExchangeStock(client: ServiceClient): ExchangeStock {
  return {
    async hold(stockId, lines, expiresAt) {
      const { stock } = await client.request<{ stock: Held }>(
        HOLD,
        { stockId, lines, expiresAt },
        { timeoutMs: TIMEOUT_MS },
      );
      if (stock.outcome === 'RESERVED') return { kind: 'RESERVED' };
      if (stock.outcome === 'INSUFFICIENT_STOCK') return { kind: 'SHORT', lines: stock.shortLines };
      return { kind: 'CONTRADICTED' };
    },
    async lapse(stockId, asOf) {
      await client.request(RELEASE, { stockId, asOf }, { timeoutMs: TIMEOUT_MS });
    },
    async release(stockId) {
      await client.request(RELEASE, { stockId }, { timeoutMs: TIMEOUT_MS });
    },
  };
}
