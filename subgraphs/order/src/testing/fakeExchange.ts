import type { Article, Articles, ExchangeStock } from '../app/afterSalesPorts.js';

/** A stock of exchange articles in memory: so many units each, held under an id, and never more than there are. */
export function fakeExchangeStock() {
  const units = new Map<string, number>();
  const held = new Map<string, { readonly variantId: string; readonly quantity: number }[]>();
  const closed = new Set<string>();
  const port: ExchangeStock = {
    async hold(id, lines) {
      if (closed.has(id)) return { kind: 'CONTRADICTED' };
      held.delete(id);
      const promised = (variantId: string) =>
        [...held.values()].flat().reduce((sum, line) => sum + (line.variantId === variantId ? line.quantity : 0), 0);
      const short = lines
        .map(({ variantId, quantity }) => {
          return { variantId, quantity, left: (units.get(variantId) ?? 0) - promised(variantId) };
        })
        .filter(({ quantity, left }) => left < quantity)
        .map(({ variantId, left }) => ({ variantId, quantityAvailable: left }));
      if (short.length > 0) return { kind: 'SHORT', lines: short };
      held.set(id, [...lines]);
      return { kind: 'RESERVED' };
    },
    async lapse(id) {
      held.delete(id);
    },
    async release(id) {
      closed.add(id);
      held.delete(id);
    },
  };
  return { port, units, held, closed };
}

/** A catalogue in memory. */
export function fakeArticles() {
  const prices = new Map<string, number>();
  const port: { find: Articles } = {
    async find(ids) {
      return new Map(
        ids.flatMap((variantId): [string, Article][] => {
          const centAmount = prices.get(variantId);
          if (centAmount === undefined) return [];
          const name = { productName: `Product ${variantId}`, variantName: 'Blue', sku: variantId.toUpperCase() };
          return [
            [
              variantId,
              { ...name, variantId, imageUrl: null, price: { centAmount, currencyCode: 'EUR' }, purchasable: true },
            ],
          ];
        }),
      );
    },
  };
  return { port, prices };
}
