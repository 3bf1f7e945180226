import type { CatalogueProduct } from '../domain/catalogue.js';
import { done, type Result } from '../domain/errors.js';
import { deleteProduct as decide } from '../domain/productChange.js';
import { type ChangeDeps, changeProduct } from './changeProduct.js';
import type { Surrounding } from './surrounding.js';

/**
 * Removes a product from the catalogue and answers it as it was. Its stock ledger stays, and so do reservations: an order
 * that is already placed can still be fulfilled.
 */
export const deleteProduct = (deps: ChangeDeps & Surrounding) => {
  const change = changeProduct(deps);
  return async (id: string): Promise<Result<CatalogueProduct>> => {
    let before: CatalogueProduct | undefined;
    const result = await change(id, null, (product) => {
      before = product;
      return done(decide(product, deps.now()));
    });
    return result.ok && before ? done(before) : result;
  };
};
