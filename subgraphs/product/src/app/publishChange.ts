import type { Logger } from '@souk/runtime';
import type { CatalogueProduct } from '../domain/catalogue.js';
import { type ProjectDeps, projectProducts } from './projectProducts.js';

export type PublishChange = (products: readonly CatalogueProduct[]) => Promise<void>;

/**
 * What follows a stored change at once: caches forget the old state, and the index is brought up to date, so that whoever
 * made the change finds it. The change is stored already, so a failure here is no failure of the change: the drain repeats it.
 */
export const publishChange = (
  deps: ProjectDeps & { readonly logger: Logger; readonly wake: () => void },
): PublishChange => {
  const project = projectProducts(deps);
  return async (products) => {
    const ids = products.map(({ id }) => id);
    deps.feed.productsChanged(ids);
    try {
      await project(await deps.catalogue.pendingOf(ids));
    } catch (error) {
      deps.logger.warn({ err: error }, 'a change was stored but not projected yet');
      deps.wake();
    }
  };
};
