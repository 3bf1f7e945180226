import type { CatalogueProduct, CatalogueVariant } from '../domain/catalogue.js';
import type { CategoryTree } from '../domain/categoryTree.js';
import { isReferable } from './audience.js';
import type { AvailabilityReads, ProductReads } from './ports.js';

export interface QuotedVariant {
  readonly product: CatalogueProduct;
  readonly variant: CatalogueVariant;
  readonly available: number;
  readonly purchasable: boolean;
  /** Its categories with all above them. */
  readonly categoryIds: readonly string[];
}

/**
 * What the cart prices its lines with: read from the stores each time, documents and stock in one round trip each and at
 * the same time. Only the category tree may be a moment old.
 */
export const quoteVariants =
  (deps: {
    readonly catalogue: ProductReads;
    readonly stock: AvailabilityReads;
    readonly tree: () => Promise<CategoryTree>;
  }) =>
  async (ids: readonly string[]): Promise<(QuotedVariant | null)[]> => {
    const distinct = [...new Set(ids)];
    const [products, available, tree] = await Promise.all([
      deps.catalogue.productsByVariantIds(distinct),
      deps.stock.available(distinct),
      deps.tree(),
    ]);
    const quotes = new Map<string, QuotedVariant>();
    for (const product of products) {
      if (!isReferable(product, 'shopper')) continue;
      const categoryIds = new Set(
        product.categoryIds.flatMap((id) => [...tree.ancestors(id).map((above) => above.id), id]),
      );
      for (const variant of product.variants) {
        quotes.set(variant.id, {
          product,
          variant,
          available: available.get(variant.id) ?? 0,
          purchasable: product.status === 'ACTIVE',
          categoryIds: [...categoryIds],
        });
      }
    }
    return ids.map((id) => quotes.get(id) ?? null);
  };
