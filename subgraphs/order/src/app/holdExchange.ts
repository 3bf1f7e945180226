import type { ExchangeArticle } from '../domain/return.js';
import type { ExchangeStock } from './afterSalesPorts.js';

export interface WantedInExchange {
  readonly lineId: string;
  readonly quantity: number;
  readonly exchange: ExchangeArticle;
}

/**
 * Holds what a return wants in exchange, under the return's id, and answers the lines that got it: what is short is left out and the
 * rest is held alone. Idempotent; rejects when the product service cannot be asked.
 */
export async function holdExchange(
  stock: ExchangeStock,
  returnId: string,
  lines: readonly WantedInExchange[],
  until: Date,
): Promise<ReadonlySet<string>> {
  for (let wanted = lines; wanted.length > 0; ) {
    const units = wanted.map(({ exchange, quantity }) => ({ variantId: exchange.variantId, quantity }));
    const answer = await stock.hold(returnId, units, until);
    if (answer.kind === 'RESERVED') return new Set(wanted.map(({ lineId }) => lineId));
    if (answer.kind === 'CONTRADICTED') break;
    const short = new Set(answer.lines.map(({ variantId }) => variantId));
    const rest = wanted.filter(({ exchange }) => !short.has(exchange.variantId));
    if (rest.length === wanted.length) break;
    wanted = rest;
  }
  return new Set();
}
