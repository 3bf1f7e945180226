import { createHash } from 'node:crypto';
import type { CatalogueProduct } from '../domain/catalogue.js';
import { type CatalogueError, done, type Result, refused } from '../domain/errors.js';
import { slugOf } from '../domain/plainText.js';
import { createProduct, updateProduct } from '../domain/productChange.js';
import type { ProductInput } from '../domain/productInput.js';
import { type ChangeDeps, productWrite, skusTaken, unknownCategories } from './changeProduct.js';
import type { BulkAnswer, BulkRequests } from './ports.js';
import type { Surrounding } from './surrounding.js';

export const MAX_ROWS = 100;
const ATTEMPTS = 8;

interface Row {
  readonly index: number;
  readonly slug: string;
  readonly input: ProductInput;
}

/**
 * Creates or updates products, recognised by slug, in a few round trips for the whole batch. Good rows are written, bad
 * ones reported with their place. Repeating a key with the same input answers as before; with another input it is refused.
 * A batch that was interrupted is done again from the start, which is harmless: rows that change nothing are not written.
 */
export const bulkUpsertProducts =
  (deps: ChangeDeps & Surrounding & { readonly requests: BulkRequests }) =>
  async (
    inputs: readonly ProductInput[],
    idempotencyKey: string,
  ): Promise<Result<BulkAnswer & { readonly replayed: boolean }>> => {
    if (inputs.length > MAX_ROWS) {
      return refused({ code: 'INVALID', field: ['input'], rule: `At most ${MAX_ROWS} rows at once.` });
    }
    if (!/^[\x21-\x7e]{1,128}$/.test(idempotencyKey)) {
      return refused({
        code: 'INVALID',
        field: ['idempotencyKey'],
        rule: 'A key has 1 to 128 printable characters without spaces.',
      });
    }
    const inputHash = createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
    const earlier = await deps.requests.find(idempotencyKey);
    if (earlier && earlier.inputHash !== inputHash) {
      return refused({ code: 'CONFLICT', field: ['idempotencyKey'], reason: 'This key was used for another input.' });
    }
    if (earlier) return done({ ...earlier.answer, replayed: true });
    const answer = await upsert(deps, inputs);
    await deps.requests.keep(idempotencyKey, inputHash, answer);
    return done({ ...answer, replayed: false });
  };

async function upsert(deps: ChangeDeps & Surrounding, inputs: readonly ProductInput[]): Promise<BulkAnswer> {
  const errors: CatalogueError[] = [];
  const saved: CatalogueProduct[] = [];
  const counts = { created: 0, updated: 0, unchanged: 0 };
  const fail = (row: Row, found: readonly CatalogueError[]) =>
    errors.push(...found.map((error) => ({ ...error, field: ['input', String(row.index), ...error.field] })));
  const known = new Set((await deps.catalogue.categories()).map(({ id }) => id));

  let open = uniqueRows(inputs, fail);
  for (let attempt = 0; open.length > 0 && attempt < ATTEMPTS; attempt += 1) {
    const existing = await deps.catalogue.productsBySlugs(open.map(({ slug }) => slug));
    const bySlug = new Map(existing.map((product) => [product.slug, product]));
    const changed: { row: Row; before: CatalogueProduct | null; after: CatalogueProduct }[] = [];
    for (const row of open) {
      const before = bySlug.get(row.slug) ?? null;
      const around = { now: deps.now(), newVariantId: deps.newVariantId };
      const decision = before
        ? updateProduct(before, row.input, around)
        : createProduct(deps.newProductId(), { ...row.input, slug: row.slug }, around);
      if (!decision.ok) {
        fail(row, decision.errors);
        continue;
      }
      const added = decision.value.categoryIds.filter((id) => !before?.categoryIds.includes(id));
      const missing = unknownCategories(decision.value, added, known);
      if (missing.length > 0) fail(row, missing);
      else if (decision.value === before) counts.unchanged += 1;
      else changed.push({ row, before, after: decision.value });
    }
    const writes = changed.map(({ before, after }) => productWrite(after, before?.version ?? null));
    const outcomes = writes.length > 0 ? await deps.catalogue.saveProducts(writes) : [];
    open = [];
    for (const [index, { row, before, after }] of changed.entries()) {
      const outcome = outcomes[index];
      if (outcome === 'SKU_TAKEN') fail(row, [await skusTaken(deps.catalogue, after)]);
      else if (outcome === 'SAVED') {
        saved.push(after);
        if (before) counts.updated += 1;
        else counts.created += 1;
      } else open.push(row);
    }
  }
  for (const row of open) fail(row, [{ code: 'CONFLICT', field: [], reason: 'Others keep changing this product.' }]);
  if (saved.length > 0) await deps.publish(saved);
  return { ...counts, errors };
}

/** Rows with a slug of their own; a second row for the same product is an error, as its order would be left to chance. */
function uniqueRows(inputs: readonly ProductInput[], fail: (row: Row, errors: CatalogueError[]) => void): Row[] {
  const seen = new Set<string>();
  return inputs.flatMap((input, index) => {
    const row = { index, slug: input.slug ?? slugOf(input.name ?? ''), input };
    if (row.slug === '') {
      fail(row, [{ code: 'REQUIRED', field: ['slug'], what: 'A row needs a slug, or a name to make one from.' }]);
      return [];
    }
    if (seen.has(row.slug)) {
      fail(row, [{ code: 'CONFLICT', field: ['slug'], reason: 'Another row of this input has the same slug.' }]);
      return [];
    }
    seen.add(row.slug);
    return [row];
  });
}
