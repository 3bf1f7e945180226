import type { CatalogueProduct, ProductStatus } from '../domain/catalogue.js';
import { type CatalogueError, done, type Result, refused } from '../domain/errors.js';
import { updateProduct } from '../domain/productChange.js';
import { type ChangeDeps, productWrite } from './changeProduct.js';
import type { Surrounding } from './surrounding.js';

export const MAX_IDS = 100;
const ATTEMPTS = 8;

export interface StatusesSet {
  readonly products: readonly CatalogueProduct[];
  readonly errors: readonly CatalogueError[];
}

/** Each product takes the status or is reported; one that has it already counts as done. One write for all. */
export const setProductStatus =
  ({ catalogue, publish, now, newVariantId }: ChangeDeps & Surrounding) =>
  async (ids: readonly string[], status: ProductStatus): Promise<Result<StatusesSet>> => {
    if (ids.length > MAX_IDS) {
      return refused({ code: 'INVALID', field: ['ids'], rule: `At most ${MAX_IDS} products at once.` });
    }
    const errors: CatalogueError[] = [];
    const set = new Map<string, CatalogueProduct>();
    let open = [...new Set(ids)];
    for (let attempt = 0; open.length > 0 && attempt < ATTEMPTS; attempt += 1) {
      const products = new Map((await catalogue.productsByIds(open)).map((product) => [product.id, product]));
      const changed: { before: CatalogueProduct; after: CatalogueProduct }[] = [];
      for (const id of open) {
        const field = ['ids', String(ids.indexOf(id))];
        const before = products.get(id);
        const decision = before && updateProduct(before, { status }, { now: now(), newVariantId });
        if (!before || !decision) errors.push({ code: 'NOT_FOUND', field, what: 'There is no such product.' });
        else if (!decision.ok) errors.push(...decision.errors.map((error) => ({ ...error, field })));
        else if (decision.value === before) set.set(id, before);
        else changed.push({ before, after: decision.value });
      }
      const writes = changed.map(({ before, after }) => productWrite(after, before.version));
      const outcomes = writes.length > 0 ? await catalogue.saveProducts(writes) : [];
      const saved = changed.filter((_, index) => outcomes[index] === 'SAVED').map(({ after }) => after);
      for (const product of saved) set.set(product.id, product);
      if (saved.length > 0) await publish(saved);
      open = changed.filter((_, index) => outcomes[index] !== 'SAVED').map(({ after }) => after.id);
    }
    if (open.length > 0) throw new Error('These products are being changed by too many at once');
    return done({ products: ids.flatMap((id) => set.get(id) ?? []), errors });
  };
