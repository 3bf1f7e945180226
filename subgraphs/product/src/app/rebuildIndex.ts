import { categoryTree } from '../domain/categoryTree.js';
import { searchRow } from '../domain/searchRow.js';
import type { CatalogueStore, ProjectionStore } from './ports.js';

/**
 * Projects every document again and removes what belongs to none, while the shop goes on: a change made meanwhile is never
 * overwritten by an older version. Afterwards index and catalogue agree. Answers what it did.
 */
export const rebuildIndex =
  ({ catalogue, projection }: { readonly catalogue: CatalogueStore; readonly projection: ProjectionStore }) =>
  async (): Promise<{ projected: number; removed: number }> => {
    const start = await projection.now();
    const tree = categoryTree(await catalogue.categories());
    let projected = 0;
    for await (const batch of catalogue.everyProduct(200)) {
      await projection.project(batch.map((product) => searchRow(product, tree)));
      projected += batch.length;
    }
    return { projected, removed: await projection.removeOlder(start) };
  };
