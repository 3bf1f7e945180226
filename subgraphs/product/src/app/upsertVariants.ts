import type { CatalogueProduct } from '../domain/catalogue.js';
import type { Result } from '../domain/errors.js';
import { upsertVariants as decide } from '../domain/productChange.js';
import type { VariantInput } from '../domain/productInput.js';
import { type ChangeDeps, changeProduct } from './changeProduct.js';
import type { Surrounding } from './surrounding.js';

/** Adds variants or updates those recognised by id, else by SKU. New ones get the stock that the input names. */
export const upsertVariants = (deps: ChangeDeps & Surrounding) => {
  const change = changeProduct(deps);
  return (productId: string, variants: readonly VariantInput[]): Promise<Result<CatalogueProduct>> =>
    change(productId, null, (product) =>
      decide(product, variants, { now: deps.now(), newVariantId: deps.newVariantId }),
    );
};
