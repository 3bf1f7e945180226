import type { Logger } from '@souk/runtime';
import type { CatalogueProduct } from '../domain/catalogue.js';
import { categoryTree } from '../domain/categoryTree.js';
import { searchRow } from '../domain/searchRow.js';
import type { CatalogueStore, ChangeFeed, ProjectionStore } from './ports.js';

export interface ProjectDeps {
  readonly catalogue: CatalogueStore;
  readonly projection: ProjectionStore;
  readonly feed: ChangeFeed;
}

/**
 * Carries changed documents into the search index and the inventory, then marks them as carried. Repeating it, or doing it
 * at the same time as another process, changes nothing; after a crash in between it is simply done again.
 */
export const projectProducts =
  ({ catalogue, projection, feed }: ProjectDeps) =>
  async (products: readonly CatalogueProduct[]): Promise<void> => {
    if (products.length === 0) return;
    const tree = categoryTree(await catalogue.categories());
    await projection.project(products.map((product) => searchRow(product, tree)));
    feed.productsChanged(products.map(({ id }) => id));
    await catalogue.settleProducts(products);
  };

const BATCH = 100;

/**
 * Carries whatever is pending, batch by batch; answers how many products. A product that cannot be carried is logged and
 * does not keep the others back.
 */
export const drainProducts = (deps: ProjectDeps & { readonly logger: Logger }) => {
  const project = projectProducts(deps);
  return async (): Promise<number> => {
    let carried = 0;
    for (;;) {
      const pending = (await deps.catalogue.pendingProducts(BATCH)).map(({ product }) => product);
      if (pending.length === 0) return carried;
      const failed = await project(pending).then(
        () => 0,
        () => oneByOne(pending),
      );
      carried += pending.length - failed;
      if (pending.length < BATCH || failed === pending.length) return carried;
    }
  };

  async function oneByOne(products: readonly CatalogueProduct[]): Promise<number> {
    let failed = 0;
    for (const product of products) {
      await project([product]).catch((error: unknown) => {
        failed += 1;
        deps.logger.error({ err: error, productId: product.id }, 'a product could not be projected; it is tried again');
      });
    }
    return failed;
  }
};
