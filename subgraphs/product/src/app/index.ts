import type { Logger } from '@souk/runtime';
import { adjustInventory } from './adjustInventory.js';
import { bulkUpsertProducts } from './bulkUpsertProducts.js';
import { createCategory } from './createCategory.js';
import { createProduct } from './createProduct.js';
import { deleteCategory } from './deleteCategory.js';
import { deleteProduct } from './deleteProduct.js';
import { type FindProducts, findProducts } from './findProducts.js';
import type { BulkRequests, CatalogueStore, ChangeFeed, ProjectionStore, StockStore } from './ports.js';
import { drainProducts } from './projectProducts.js';
import { publishChange } from './publishChange.js';
import { quoteVariants } from './quoteVariants.js';
import type { Reads } from './reads.js';
import { holdStock, reserveStock } from './reserveStock.js';
import { setInventory } from './setInventory.js';
import { setProductStatus } from './setProductStatus.js';
import { cancelStock, commitStock, editStock, releaseOverdue, releaseStock, returnStock } from './settleStock.js';
import { suggest } from './suggest.js';
import type { Surrounding } from './surrounding.js';
import { updateCategory } from './updateCategory.js';
import { updateProduct } from './updateProduct.js';
import { upsertVariants } from './upsertVariants.js';

export interface AppDeps extends Surrounding {
  readonly catalogue: CatalogueStore;
  readonly projection: ProjectionStore;
  readonly stock: StockStore;
  readonly requests: BulkRequests;
  readonly feed: ChangeFeed;
  readonly publicReads: Reads;
  readonly freshReads: Reads;
  readonly logger: Logger;
  /** Makes the drain look for pending products now. */
  readonly wake: () => void;
}

/** What this service does. */
export function createApp(deps: AppDeps) {
  const withPublish = { ...deps, publish: publishChange(deps) };
  return {
    publicReads: deps.publicReads,
    freshReads: deps.freshReads,

    findProducts: (reads: Reads, search: FindProducts) => findProducts(reads)(search),
    suggest: (reads: Reads, query: string, limit: number) => suggest(reads)(query, limit),
    quoteVariants: quoteVariants(deps),

    createProduct: createProduct(withPublish),
    updateProduct: updateProduct(withPublish),
    upsertVariants: upsertVariants(withPublish),
    setProductStatus: setProductStatus(withPublish),
    deleteProduct: deleteProduct(withPublish),
    bulkUpsertProducts: bulkUpsertProducts(withPublish),

    createCategory: createCategory(deps),
    updateCategory: updateCategory(deps),
    deleteCategory: deleteCategory(deps),

    stockLevels: deps.stock.levels,
    stockMovements: deps.stock.movements,
    adjustInventory: adjustInventory(deps),
    setInventory: setInventory(deps),
    reserveStock: reserveStock(deps),
    holdStock: holdStock(deps),
    returnStock: returnStock(deps),
    extendStock: (stockIds: readonly string[], expiresAt: Date) => deps.stock.extend(stockIds, expiresAt),
    releaseStock: releaseStock(deps),
    commitStock: commitStock(deps),
    cancelStock: cancelStock(deps),
    editStock: editStock(deps),
    releaseOverdue: releaseOverdue(deps),

    drainProducts: drainProducts(deps),
  };
}

export type App = ReturnType<typeof createApp>;
