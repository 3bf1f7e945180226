import type { AvailabilityReads, FoundProducts, ProductIndex, ProductReads } from '../app/ports.js';
import type { Reads } from '../app/reads.js';
import type { CatalogueProduct } from '../domain/catalogue.js';
import { type CategoryTree, categoryTree } from '../domain/categoryTree.js';
import { createEntryCache } from './entryCache.js';

/** Results of searches and stock levels are shared for so long: far less than the 2 s in which a change must be seen. */
const BRIEF_MS = 1_000;
/** How old a document may become while changes are announced to this process, and while they are not. */
const ANNOUNCED_MS = 60_000;
const UNANNOUNCED_MS = 1_000;

export interface PublicReads extends Reads {
  /** What to forget after a change. */
  productsChanged(ids: readonly string[]): void;
  categoriesChanged(): void;
  stockChanged(variantIds: readonly string[]): void;
  /** Reads the category tree anew, so that the next request does not have to. */
  refreshTree(): Promise<void>;
  /** After a time without announcements. */
  forgetEverything(): void;
}

/**
 * What shoppers read: documents, results and stock levels kept in this process for a short time. Never for pricing an order, and
 * not for staff.
 */
export function publicReads(o: {
  readonly catalogue: ProductReads;
  readonly index: ProductIndex;
  readonly availability: AvailabilityReads;
  /** Whether changes made by other processes are announced here at the moment. */
  readonly announced: () => boolean;
  readonly now?: () => number;
}): PublicReads {
  const now = o.now ?? Date.now;
  const documentAgeMs = () => (o.announced() ? ANNOUNCED_MS : UNANNOUNCED_MS);
  const products = createEntryCache<CatalogueProduct>({ maxEntries: 5_000, maxAgeMs: documentAgeMs, now });
  const trees = createEntryCache<CategoryTree>({ maxEntries: 1, maxAgeMs: documentAgeMs, now });
  const searches = createEntryCache<FoundProducts>({ maxEntries: 500, maxAgeMs: () => BRIEF_MS, now });
  const suggestions = createEntryCache<string[]>({ maxEntries: 500, maxAgeMs: () => BRIEF_MS, now });
  const levels = createEntryCache<number>({ maxEntries: 20_000, maxAgeMs: () => BRIEF_MS, now });

  const withIds = (found: readonly CatalogueProduct[]) => new Map(found.map((product) => [product.id, product]));
  const byId = (ids: readonly string[]) =>
    products.getMany(ids, async (missing) => withIds(await o.catalogue.productsByIds(missing)));

  /** Finds by another key: remembers which product it led to, and looks whether that product still has the key. */
  function byKey(
    load: (keys: readonly string[]) => Promise<CatalogueProduct[]>,
    keysOf: (product: CatalogueProduct) => readonly string[],
  ): (keys: readonly string[]) => Promise<CatalogueProduct[]> {
    const ids = createEntryCache<string>({ maxEntries: 20_000, maxAgeMs: () => ANNOUNCED_MS, now });
    const direct = async (keys: readonly string[]) => [
      ...(await products.keep(async () => withIds(await load(keys)))).values(),
    ];
    return async (keys) => {
      const known = await ids.getMany(keys, async (missing) => {
        const found = await direct(missing);
        return new Map(found.flatMap((product) => keysOf(product).map((key) => [key, product.id] as const)));
      });
      const found = [...(await byId([...new Set(known.values())])).values()];
      const covered = new Set(found.flatMap(keysOf));
      const moved = keys.filter((key) => known.has(key) && !covered.has(key));
      if (moved.length === 0) return found;
      ids.drop(moved);
      return [...found, ...(await direct(moved))];
    };
  }

  async function tree(): Promise<CategoryTree> {
    const loaded = await trees.getMany(['tree'], async () => {
      return new Map([['tree', categoryTree(await o.catalogue.categories())]]);
    });
    return loaded.get('tree') ?? categoryTree([]);
  }

  return {
    productsByIds: async (ids) => [...(await byId(ids)).values()],
    productsBySlugs: byKey(o.catalogue.productsBySlugs, (product) => [product.slug]),
    productsByVariantIds: byKey(o.catalogue.productsByVariantIds, (product) => product.variants.map(({ id }) => id)),
    productsBySkus: byKey(o.catalogue.productsBySkus, (product) => product.variants.map(({ sku }) => sku)),
    tree,
    async refreshTree() {
      trees.clear();
      await tree();
    },
    async search(search) {
      const key = JSON.stringify(search);
      const found = await searches.getMany([key], async () => new Map([[key, await o.index.search(search)]]));
      return found.get(key) ?? { page: [], hasNextPage: false, total: 0, facets: [] };
    },
    async suggest(query, limit) {
      const key = JSON.stringify([query, limit]);
      const found = await suggestions.getMany([key], async () => new Map([[key, await o.index.suggest(query, limit)]]));
      return found.get(key) ?? [];
    },
    available: (variantIds) =>
      levels.getMany(variantIds, async (missing) => {
        const fresh = await o.availability.available(missing);
        return new Map(missing.map((id) => [id, fresh.get(id) ?? 0]));
      }),
    productsChanged(ids) {
      products.drop(ids);
      searches.clear();
      suggestions.clear();
    },
    categoriesChanged() {
      trees.clear();
      searches.clear();
      // In time for the next request; when it fails, that request tries again and tells.
      tree().catch(() => undefined);
    },
    stockChanged(variantIds) {
      levels.drop(variantIds);
    },
    forgetEverything() {
      for (const cache of [products, trees, searches, suggestions, levels]) cache.clear();
    },
  };
}
