import DataLoader from 'dataloader';
import type { App } from '../app/index.js';
import type { StockLevel } from '../app/ports.js';
import type { Reads } from '../app/reads.js';
import type { CatalogueProduct } from '../domain/catalogue.js';

export interface Loaders {
  readonly productById: DataLoader<string, CatalogueProduct | undefined>;
  readonly productBySlug: DataLoader<string, CatalogueProduct | undefined>;
  readonly productByVariantId: DataLoader<string, CatalogueProduct | undefined>;
  readonly productBySku: DataLoader<string, CatalogueProduct | undefined>;
  readonly stockLevel: DataLoader<string, StockLevel | undefined>;
  /** How many can be sold; at once when it is known from `loadAvailability`, else in one batch with the others asked for. */
  available(variantId: string): number | Promise<number>;
  /** Loads what a whole list will ask for, so that its fields need not wait one by one. */
  loadAvailability(variantIds: readonly string[]): Promise<void>;
}

/** Everything that one request looks up by key: each kind goes to the store once per level of the query. */
export function createLoaders(app: App, reads: Reads): Loaders {
  const levels = new Map<string, number>();
  const availability = new DataLoader<string, number>(async (ids) => {
    const found = await reads.available(ids);
    return ids.map((id) => found.get(id) ?? 0);
  });
  return {
    productById: productLoader(reads.productsByIds, (product) => [product.id]),
    productBySlug: productLoader(reads.productsBySlugs, (product) => [product.slug]),
    productByVariantId: productLoader(reads.productsByVariantIds, (product) => product.variants.map(({ id }) => id)),
    productBySku: productLoader(reads.productsBySkus, (product) => product.variants.map(({ sku }) => sku)),
    stockLevel: new DataLoader(async (ids) => {
      const found = new Map((await app.stockLevels(ids)).map((level) => [level.variantId, level]));
      return ids.map((id) => found.get(id));
    }),
    available: (variantId) => levels.get(variantId) ?? availability.load(variantId),
    async loadAvailability(variantIds) {
      const found = await reads.available(variantIds);
      for (const id of variantIds) levels.set(id, found.get(id) ?? 0);
    },
  };
}

function productLoader(
  load: (keys: readonly string[]) => Promise<CatalogueProduct[]>,
  keysOf: (product: CatalogueProduct) => readonly string[],
): DataLoader<string, CatalogueProduct | undefined> {
  return new DataLoader(async (keys) => {
    const byKey = new Map<string, CatalogueProduct>();
    for (const product of await load(keys)) for (const key of keysOf(product)) byKey.set(key, product);
    return keys.map((key) => byKey.get(key));
  });
}
