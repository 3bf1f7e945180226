import { type CategoryTree, categoryTree } from '../domain/categoryTree.js';
import type { AvailabilityReads, ProductIndex, ProductReads } from './ports.js';

/** Everything that pages are made of. Shoppers get a briefly cached one, staff and pricing one that is always fresh. */
export interface Reads extends Omit<ProductReads, 'categories'>, ProductIndex, AvailabilityReads {
  tree(): Promise<CategoryTree>;
}

/** Reads that go to the stores each time. */
export function freshReads(catalogue: ProductReads, index: ProductIndex, availability: AvailabilityReads): Reads {
  return {
    productsByIds: catalogue.productsByIds,
    productsBySlugs: catalogue.productsBySlugs,
    productsByVariantIds: catalogue.productsByVariantIds,
    productsBySkus: catalogue.productsBySkus,
    tree: async () => categoryTree(await catalogue.categories()),
    search: index.search,
    suggest: index.suggest,
    available: availability.available,
  };
}
