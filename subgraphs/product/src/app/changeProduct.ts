import { auditRecords, events, newEvent } from '@souk/events';
import type { CatalogueProduct } from '../domain/catalogue.js';
import { type CatalogueError, done, type Result, refused } from '../domain/errors.js';
import type { CatalogueStore, ProductWrite } from './ports.js';
import type { PublishChange } from './publishChange.js';

export interface ChangeDeps {
  readonly catalogue: CatalogueStore;
  readonly publish: PublishChange;
}

const ATTEMPTS = 8;

/**
 * Loads a product, decides, and writes only if nobody else wrote meanwhile; otherwise decides again on the new state. With
 * `expectedVersion` it refuses instead. Document and `product.changed` are stored together; a decision that answers the
 * very same object writes nothing.
 */
export const changeProduct =
  ({ catalogue, publish }: ChangeDeps) =>
  async (
    id: string,
    expectedVersion: number | null,
    decide: (product: CatalogueProduct) => Result<CatalogueProduct>,
  ): Promise<Result<CatalogueProduct>> => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const [product] = await catalogue.productsByIds([id]);
      if (!product) return refused({ code: 'NOT_FOUND', field: ['id'], what: 'There is no such product.' });
      if (expectedVersion !== null && product.version !== expectedVersion) {
        return refused({
          code: 'VERSION_CONFLICT',
          field: ['expectedVersion'],
          expected: expectedVersion,
          actual: product.version,
        });
      }
      const decision = decide(product);
      if (!decision.ok || decision.value === product) return decision;
      const missing = await missingCategories(catalogue, product, decision.value);
      if (missing.length > 0) return refused(...missing);
      const [outcome] = await catalogue.saveProducts([productWrite(decision.value, product.version)]);
      if (outcome === 'SAVED') {
        await publish([decision.value]);
        return done(decision.value);
      }
      if (outcome === 'SLUG_TAKEN') return refused({ code: 'SLUG_TAKEN', field: ['slug'], slug: decision.value.slug });
      if (outcome === 'SKU_TAKEN') return refused(await skusTaken(catalogue, decision.value));
    }
    throw new Error(`Product ${id} is being changed by too many at once`);
  };

/** A write together with the event that tells of it, and what the audit log is told. */
export function productWrite(product: CatalogueProduct, expectedVersion: number | null): ProductWrite {
  const event = newEvent(events.productChanged, {
    aggregateId: product.id,
    sequence: product.version,
    data: { productId: product.id },
    now: product.updatedAt,
  });
  return { product, expectedVersion, events: [...auditRecords([product.id]), event] };
}

/** Only categories that the change adds are looked up: a category that vanished meanwhile must not block other changes. */
export async function missingCategories(
  catalogue: Pick<CatalogueStore, 'categories'>,
  before: CatalogueProduct | null,
  after: CatalogueProduct,
): Promise<CatalogueError[]> {
  const added = after.categoryIds.filter((id) => !before?.categoryIds.includes(id));
  if (added.length === 0) return [];
  const known = new Set((await catalogue.categories()).map(({ id }) => id));
  return unknownCategories(after, added, known);
}

export function unknownCategories(
  product: CatalogueProduct,
  added: readonly string[],
  known: ReadonlySet<string>,
): CatalogueError[] {
  return added
    .filter((id) => !known.has(id))
    .map((id) => ({
      code: 'NOT_FOUND',
      field: ['categoryIds', String(product.categoryIds.indexOf(id))],
      what: 'There is no such category.',
    }));
}

/** Says which SKUs other products have. */
export async function skusTaken(
  catalogue: Pick<CatalogueStore, 'productsBySkus'>,
  product: CatalogueProduct,
): Promise<CatalogueError> {
  const ours = product.variants.map(({ sku }) => sku);
  const others = (await catalogue.productsBySkus(ours)).filter(({ id }) => id !== product.id);
  const theirs = new Set(others.flatMap(({ variants }) => variants.map(({ sku }) => sku)));
  return { code: 'SKU_TAKEN', field: ['variants'], skus: ours.filter((sku) => theirs.has(sku)) };
}
