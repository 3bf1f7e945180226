import type { ServiceClient } from '@souk/runtime';
import type { StockPort } from '../app/ports.js';

interface Stock {
  readonly outcome: 'RESERVED' | 'COMMITTED' | 'RELEASED' | 'INSUFFICIENT_STOCK' | 'RESERVATION_MISMATCH';
  readonly shortLines: readonly { readonly variantId: string; readonly quantityAvailable: number }[];
}

const RESERVE = `mutation OrderStockReserve($orderId: ID!, $lines: [StockLineInput!]!, $expiresAt: DateTime!) {
  stock: stockReserve(orderId: $orderId, lines: $lines, expiresAt: $expiresAt) { outcome shortLines { variantId quantityAvailable } }
}`;
const EXTEND = `mutation OrderStockExtend($stockIds: [ID!]!, $expiresAt: DateTime!) {
  stock: stockExtend(stockIds: $stockIds, expiresAt: $expiresAt) { outcome }
}`;
const RELEASE = `mutation OrderStockRelease($orderId: ID!) { stock: stockRelease(orderId: $orderId) { outcome } }`;
const COMMIT = `mutation OrderStockCommit($orderId: ID!, $stockIds: [ID!]) {
  stock: stockCommit(orderId: $orderId, stockIds: $stockIds) { outcome }
}`;
const TIMEOUT_MS = 3_000;

/** The product service's stock, called as a service. */
export function createStockPort(client: ServiceClient): StockPort {
  return {
    async reserve(orderId, lines, expiresAt) {
      const variables = {
        orderId,
        lines: lines.map(({ variantId, quantity }) => ({ variantId, quantity })),
        expiresAt,
      };
      const { stock } = await client.request<{ stock: Stock }>(RESERVE, variables, { timeoutMs: TIMEOUT_MS });
      if (stock.outcome === 'RESERVED') return { kind: 'RESERVED' };
      if (stock.outcome === 'INSUFFICIENT_STOCK') return { kind: 'SHORT', lines: stock.shortLines };
      return { kind: 'CONTRADICTED' };
    },
    async release(orderId) {
      await client.request(RELEASE, { orderId }, { timeoutMs: TIMEOUT_MS });
    },
    async extend(stockIds, expiresAt) {
      const variables = { stockIds, expiresAt };
      const { stock } = await client.request<{ stock: Stock }>(EXTEND, variables, { timeoutMs: TIMEOUT_MS });
      return stock.outcome === 'RESERVED' ? 'HELD' : 'GONE';
    },
    async sell(stockIds) {
      const variables = { orderId: stockIds[0], stockIds };
      const { stock } = await client.request<{ stock: Stock }>(COMMIT, variables, { timeoutMs: TIMEOUT_MS });
      // RELEASED: nothing was ever reserved for it, so there is nothing that could be sold to it.
      return stock.outcome === 'COMMITTED' ? 'SOLD' : 'SHORT';
    },
  };
}
