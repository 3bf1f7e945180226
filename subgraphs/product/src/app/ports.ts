import type { EventEnvelope } from '@souk/events';
import type { CatalogueProduct, Category, ProductStatus } from '../domain/catalogue.js';
import type { CatalogueError, Result } from '../domain/errors.js';
import type { SearchRow } from '../domain/searchRow.js';

/** One product to be written, with the events of the change. `expectedVersion` null: it must not exist yet. */
export interface ProductWrite {
  readonly product: CatalogueProduct;
  readonly expectedVersion: number | null;
  readonly events: readonly EventEnvelope[];
}

export type ProductWriteOutcome = 'SAVED' | 'VERSION_CONFLICT' | 'SLUG_TAKEN' | 'SKU_TAKEN';

/** A product with changes that have not been projected, and the events of those changes. */
export interface PendingProduct {
  readonly product: CatalogueProduct;
  readonly events: readonly EventEnvelope[];
}

export interface ProductReads {
  /** Those that exist, in any order; one round trip each. Deleted products are never answered. */
  productsByIds(ids: readonly string[]): Promise<CatalogueProduct[]>;
  productsBySlugs(slugs: readonly string[]): Promise<CatalogueProduct[]>;
  productsByVariantIds(ids: readonly string[]): Promise<CatalogueProduct[]>;
  productsBySkus(skus: readonly string[]): Promise<CatalogueProduct[]>;
  categories(): Promise<Category[]>;
}

/**
 * The catalogue's documents. Slugs and SKUs are unique; a write that would break that changes nothing. Product and
 * events are one document: either both are stored or neither.
 */
export interface CatalogueStore extends ProductReads {
  /** Prepares collections and indexes; harmless to repeat. */
  prepare(): Promise<void>;
  /** Writes each product by itself; the outcomes are in the order of `writes`. */
  saveProducts(writes: readonly ProductWrite[]): Promise<ProductWriteOutcome[]>;
  /** Products whose changes were not projected yet, oldest change first. */
  pendingProducts(limit: number): Promise<PendingProduct[]>;
  /** The same of these products, deleted ones included. */
  pendingOf(ids: readonly string[]): Promise<PendingProduct[]>;
  /** Marks versions as projected. A product that was changed since stays pending; a deleted one is now removed. */
  settleProducts(settled: readonly CatalogueProduct[]): Promise<void>;
  /** Makes all products of these categories pending, so that they are projected again. */
  requestProjection(categoryIds: readonly string[]): Promise<void>;
  /** All products in order of their ids, in batches; deleted ones included. */
  everyProduct(batchSize: number): AsyncIterable<CatalogueProduct[]>;
  /** One id of a product in this category, if there is one. */
  productInCategory(categoryId: string): Promise<string | undefined>;
  /**
   * Decides on one state of the whole tree and writes the one change, alone: no two changes of categories overlap, so a
   * rule about the whole tree (no cycles) holds. `decide` may look things up but must not change categories itself.
   */
  changeCategories(
    decide: (categories: readonly Category[]) => Promise<Result<CategoryWrite>>,
  ): Promise<Result<CategoryWrite>>;
  ping(): Promise<void>;
}

export type CategoryWrite =
  | { readonly kind: 'put'; readonly category: Category }
  | { readonly kind: 'delete'; readonly category: Category }
  | { readonly kind: 'nothing'; readonly category: Category };

export type ProductSort = 'RELEVANCE' | 'PRICE_ASC' | 'PRICE_DESC' | 'NEWEST' | 'BEST_SELLING' | 'NAME';

/** The place after which a page begins: the sort key and id of the last item seen. */
export interface PagePosition {
  readonly key: string | number;
  readonly id: string;
}

/** What is looked for. Empty fields do not narrow anything; `categoryIds` are alternatives (a category and all below it). */
export interface ProductSearch {
  readonly statuses: readonly ProductStatus[];
  readonly query: string | null;
  readonly categoryIds: readonly string[] | null;
  readonly ids: readonly string[] | null;
  readonly facets: readonly { readonly key: string; readonly anyOf: readonly string[] }[];
  readonly price: { readonly currencyCode: string; readonly min: number | null; readonly max: number | null } | null;
  readonly inStock: boolean;
  readonly updatedAfter: Date | null;
  readonly sort: ProductSort;
  readonly first: number;
  readonly after: PagePosition | null;
  /** What the caller will look at; what it does not is not computed. */
  readonly want: { readonly total: boolean; readonly facets: boolean };
}

export interface FoundProducts {
  readonly page: readonly { readonly id: string; readonly position: PagePosition }[];
  readonly hasNextPage: boolean;
  /** 0 unless wanted. */
  readonly total: number;
  /** Most frequent first; empty unless wanted. */
  readonly facets: readonly { readonly token: string; readonly count: number }[];
}

/** Finding products: the built-in adapter is Postgres. One round trip each. */
export interface ProductIndex {
  search(search: ProductSearch): Promise<FoundProducts>;
  /** Ids of active products whose name a shopper may be typing, best first. */
  suggest(query: string, limit: number): Promise<string[]>;
}

/** Where changes of the catalogue go. */
export interface ProjectionStore {
  /**
   * Brings the index up to these versions and gives new variants their first stock, in one statement. An older version
   * than the index has is ignored; repeating changes nothing.
   */
  project(rows: readonly SearchRow[]): Promise<void>;
  /** Gives events to the outbox that were stored with documents; those that were given before are left out. */
  publish(events: readonly EventEnvelope[]): Promise<void>;
  /** The time on the projection's clock. */
  now(): Promise<Date>;
  /** Removes what was last projected before `before`; answers how many. */
  removeOlder(before: Date): Promise<number>;
}

export interface StockLevel {
  readonly variantId: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly safetyStock: number;
  readonly available: number;
}

export type InventoryReason = 'RECEIVED' | 'CORRECTION' | 'DAMAGED' | 'RETURN_RESTOCK' | 'CYCLE_COUNT';

export interface StockMovement {
  readonly id: string;
  readonly type: 'ADJUSTMENT' | 'RESERVATION' | 'RELEASE' | 'SALE' | 'RETURN';
  readonly quantity: number;
  readonly reason: InventoryReason | null;
  readonly orderId: string | null;
  readonly createdAt: Date;
}

export interface StockLine {
  readonly variantId: string;
  readonly quantity: number;
}

export interface StockAnswer {
  readonly outcome: 'RESERVED' | 'COMMITTED' | 'RELEASED' | 'INSUFFICIENT_STOCK' | 'RESERVATION_MISMATCH';
  readonly short: readonly { readonly variantId: string; readonly requested: number; readonly available: number }[];
}

export interface StockAdjustment {
  readonly variantId: string;
  /** Change by this much, or … */
  readonly delta: number | null;
  /** … to this much. */
  readonly target: number | null;
  readonly expectedOnHand: number | null;
  readonly reason: InventoryReason;
  /** Applied once per key. */
  readonly idempotencyKey: string | null;
  readonly actor: string;
}

export interface StockAdjusted {
  readonly outcome: 'APPLIED' | 'NOT_FOUND' | 'NEGATIVE_STOCK' | 'CONFLICT' | 'KEY_REUSED' | 'TOO_LARGE';
  readonly onHand: number;
  readonly reserved: number;
}

/** How much of each variant can be sold; an unknown one has none. */
export interface AvailabilityReads {
  available(variantIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** The inventory. Each change is one round trip and one transaction with locks in one order: nothing is oversold. */
/** What an edit of an order means for its stock. */
export interface StockEdit {
  /** The edit's id: its units are taken back once. */
  readonly key: string;
  /** Everything that the order holds stock under, the edit included. */
  readonly stockIds: readonly string[];
  /** Those of them that are sold with the edit; empty while the order is not paid. */
  readonly sold: readonly string[];
  readonly removed: readonly StockLine[];
}

/** What a received return means for stock. */
export interface StockReturn {
  /** The return's id: its goods go back on the shelf once. */
  readonly key: string;
  readonly orderId: string;
  /** Stock ids that are sold with it: the return's own, when articles are delivered in exchange. */
  readonly sold: readonly string[];
  /** Goods that go back on sale. */
  readonly restock: readonly StockLine[];
}

export interface StockEdited {
  /** Null when nothing was to be sold. */
  readonly sold: StockAnswer | null;
  /** Units that were to be taken back, and that no stock id held. */
  readonly missing: readonly StockLine[];
}

export interface StockStore extends AvailabilityReads {
  /** Idempotent by order, and renews the expiry. All lines or none. */
  reserve(orderId: string, lines: readonly StockLine[], expiresAt: Date): Promise<StockAnswer>;
  /** As `reserve`, for a holder that changes its mind: holds exactly these lines from then on, or nothing when short. */
  hold(stockId: string, lines: readonly StockLine[], expiresAt: Date): Promise<StockAnswer>;
  release(orderId: string): Promise<StockAnswer>;
  /** Gives back what was held (or renewed) before that moment; not final: the same id may hold stock again. */
  releaseAsOf(stockId: string, asOf: Date): Promise<StockAnswer>;
  /** Puts accepted goods back and sells what is delivered in exchange, once per event; undefined when it was applied before. */
  returnOnce(event: EventEnvelope, taken: StockReturn): Promise<StockEdited | undefined>;
  /** Holds what these stock ids have reserved longer; RELEASED when some of it is not held any more. */
  extend(stockIds: readonly string[], expiresAt: Date): Promise<StockAnswer>;
  /** Sells what these stock ids hold: all of it or nothing. */
  commit(stockIds: readonly string[], actor: string): Promise<StockAnswer>;
  /** Ends what a cancelled order holds, for good: reserved stock is given back, sold stock goes back to the shelf. */
  cancelOnce(event: EventEnvelope, stockIds: readonly string[]): Promise<StockAnswer | undefined>;
  /** As `release`/`commit`, once per event; undefined when the event was applied before. */
  releaseOnce(event: EventEnvelope, stockIds: readonly string[]): Promise<StockAnswer | undefined>;
  commitOnce(event: EventEnvelope, stockIds: readonly string[]): Promise<StockAnswer | undefined>;
  /** Sells what an edit added and takes back what it removed, once per event; undefined when it was applied before. */
  editOnce(event: EventEnvelope, edit: StockEdit): Promise<StockEdited | undefined>;
  adjust(adjustment: StockAdjustment): Promise<StockAdjusted>;
  levels(variantIds: readonly string[]): Promise<StockLevel[]>;
  movements(variantId: string, first: number, after: string | null): Promise<StockMovement[]>;
  /** Orders whose reservation expired before `before` and is still active. */
  overdueOrders(before: Date, limit: number): Promise<string[]>;
  ping(): Promise<void>;
}

export interface BulkAnswer {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly errors: readonly CatalogueError[];
}

/** What bulk requests answered. */
export interface BulkRequests {
  find(key: string): Promise<{ readonly inputHash: string; readonly answer: BulkAnswer } | undefined>;
  /** Keeps the first answer of a key. */
  keep(key: string, inputHash: string, answer: BulkAnswer): Promise<void>;
}

/** Told after each change, so that no cache anywhere answers the old state. */
export interface ChangeFeed {
  productsChanged(ids: readonly string[]): void;
  categoriesChanged(): void;
  stockChanged(variantIds: readonly string[]): void;
}
