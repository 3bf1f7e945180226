import type { CatalogueProduct } from '../domain/catalogue.js';
import type { Result } from '../domain/errors.js';
import { updateProduct as decide } from '../domain/productChange.js';
import type { ProductInput } from '../domain/productInput.js';
import { type ChangeDeps, changeProduct } from './changeProduct.js';
import type { Surrounding } from './surrounding.js';

/** Changes what the input names. Refuses with VERSION_CONFLICT when `expectedVersion` is not the present one. */
export const updateProduct = (deps: ChangeDeps & Surrounding) => {
  const change = changeProduct(deps);
  return (id: string, input: ProductInput, expectedVersion: number | null): Promise<Result<CatalogueProduct>> =>
    change(id, expectedVersion, (product) =>
      decide(product, input, { now: deps.now(), newVariantId: deps.newVariantId }),
    );
};
