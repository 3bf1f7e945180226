import { type EventEnvelope, eventDefinition } from '@souk/events';
import type { Logger } from '@souk/runtime';
import { categoryTree } from '../domain/categoryTree.js';
import { searchRow } from '../domain/searchRow.js';
import type { CatalogueStore, ChangeFeed, PendingProduct, ProjectionStore } from './ports.js';

export interface ProjectDeps {
  readonly catalogue: CatalogueStore;
  readonly projection: ProjectionStore;
  readonly feed: ChangeFeed;
}

/**
 * Carries changed documents into the search index and the inventory, and their events into the outbox, then marks them as carried. Repeating
 * it, or doing it at the same time as another process, changes nothing; after a crash in between it is simply done again.
 */
export const projectProducts =
  ({ catalogue, projection, feed }: ProjectDeps) =>
  async (pending: readonly PendingProduct[]): Promise<void> => {
    if (pending.length === 0) return;
    const products = pending.map(({ product }) => product);
    const tree = categoryTree(await catalogue.categories());
    await projection.project(products.map((product) => searchRow(product, tree)));
    feed.productsChanged(products.map(({ id }) => id));
    await projection.publish(pending.flatMap(({ events }) => events).filter(isAwaited));
    await catalogue.settleProducts(products);
  };

/** Whether somebody consumes it; the others end with the document. */
const isAwaited = ({ type }: EventEnvelope): boolean => (eventDefinition(type)?.consumers.length ?? 0) > 0;

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
      const pending = await deps.catalogue.pendingProducts(BATCH);
      if (pending.length === 0) return carried;
      const failed = await project(pending).then(
        () => 0,
        () => oneByOne(pending),
      );
      carried += pending.length - failed;
      if (pending.length < BATCH || failed === pending.length) return carried;
    }
  };

  async function oneByOne(pending: readonly PendingProduct[]): Promise<number> {
    let failed = 0;
    for (const one of pending) {
      await project([one]).catch((error: unknown) => {
        failed += 1;
        deps.logger.error(
          { err: error, productId: one.product.id },
          'a product could not be projected; it is tried again',
        );
      });
    }
    return failed;
  }
};
