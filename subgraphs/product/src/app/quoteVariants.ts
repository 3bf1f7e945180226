import type { CatalogueProduct, CatalogueVariant } from '../domain/catalogue.js';
import { isReferable } from './audience.js';
import type { Reads } from './reads.js';

export interface QuotedVariant {
  readonly product: CatalogueProduct;
  readonly variant: CatalogueVariant;
  readonly available: number;
  readonly purchasable: boolean;
  /** Its categories with all above them. */
  readonly categoryIds: readonly string[];
}

/**
 * What the cart prices its lines with. For an order (`fresh`) documents and stock are read from the stores, in one round trip each
 * and at the same time, and only the category tree may be a moment old. A cart is shown what pages show, and priced anew when it is
 * ordered: its documents come from memory, its stock is read.
 */
export const quoteVariants =
  (deps: {
    readonly publicReads: Pick<Reads, 'productsByVariantIds' | 'tree'>;
    readonly freshReads: Pick<Reads, 'productsByVariantIds' | 'available'>;
  }) =>
  async (ids: readonly string[], fresh: boolean): Promise<(QuotedVariant | null)[]> => {
    const distinct = [...new Set(ids)];
    const [products, available, tree] = await Promise.all([
      (fresh ? deps.freshReads : deps.publicReads).productsByVariantIds(distinct),
      deps.freshReads.available(distinct),
      deps.publicReads.tree(),
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
