import type { CatalogueProduct } from '../domain/catalogue.js';
import { done, type Result, refused } from '../domain/errors.js';
import { MAX_SLUG_LENGTH } from '../domain/plainText.js';
import { createProduct as decide } from '../domain/productChange.js';
import type { ProductInput } from '../domain/productInput.js';
import { type ChangeDeps, missingCategories, productWrite, skusTaken } from './changeProduct.js';
import type { Surrounding } from './surrounding.js';

const ATTEMPTS = 20;

/**
 * Creates a product with its first stock. A slug that the caller chose must be free; one made from the name gets a number
 * when it is not. Publishes `product.changed`.
 */
export const createProduct =
  ({ catalogue, publish, now, newProductId, newVariantId }: ChangeDeps & Surrounding) =>
  async (input: ProductInput): Promise<Result<CatalogueProduct>> => {
    const decision = decide(newProductId(), input, { now: now(), newVariantId });
    if (!decision.ok) return decision;
    const missing = await missingCategories(catalogue, null, decision.value);
    if (missing.length > 0) return refused(...missing);
    const wanted = decision.value.slug;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const product = attempt === 1 ? decision.value : { ...decision.value, slug: numbered(wanted, attempt) };
      const [outcome] = await catalogue.saveProducts([productWrite(product, null)]);
      if (outcome === 'SAVED') {
        await publish([product]);
        return done(product);
      }
      if (outcome === 'SKU_TAKEN') return refused(await skusTaken(catalogue, product));
      if (input.slug) break;
    }
    return refused({ code: 'SLUG_TAKEN', field: ['slug'], slug: wanted });
  };

function numbered(slug: string, number: number): string {
  const suffix = `-${number}`;
  return slug.slice(0, MAX_SLUG_LENGTH - suffix.length).replace(/-+$/, '') + suffix;
}
