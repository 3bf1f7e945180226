import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EventEnvelope } from '@souk/events';
import type { CatalogueStore } from '../app/ports.js';
import type { CatalogueProduct, CatalogueVariant, Category } from '../domain/catalogue.js';
import { done } from '../domain/errors.js';

const NOW = new Date('2026-11-22T10:00:00.000Z');
let serial = 0;
const next = (prefix: string): string => {
  serial += 1;
  return `${prefix}_${String(serial).padStart(26, '0')}`;
};

export function variantOf(changes: Partial<CatalogueVariant> = {}): CatalogueVariant {
  const id = changes.id ?? next('var');
  return {
    id,
    sku: `SKU-${id}`,
    name: 'Default',
    price: { centAmount: 1_999, currencyCode: 'EUR' },
    compareAtPrice: null,
    selectedOptions: [],
    weightGrams: null,
    initialOnHand: 0,
    ...changes,
  };
}

export function productOf(changes: Partial<CatalogueProduct> = {}): CatalogueProduct {
  const id = changes.id ?? next('prd');
  return {
    id,
    slug: id.replace('_', '-'),
    name: 'Mug',
    description: null,
    status: 'ACTIVE',
    version: 1,
    categoryIds: [],
    attributes: [{ key: 'material', value: 'Stoneware' }],
    variants: [variantOf()],
    createdAt: NOW,
    updatedAt: NOW,
    deletedAt: null,
    ...changes,
  };
}

export const categoryOf = (changes: Partial<Category> = {}): Category => {
  const id = changes.id ?? next('cat');
  const base = { id, slug: id.replace('_', '-'), name: 'Mugs', description: null, parentId: null };
  return { ...base, createdAt: NOW, updatedAt: NOW, ...changes };
};

const changeOf = (product: CatalogueProduct): EventEnvelope => ({
  id: next('evt'),
  type: 'product.changed',
  version: 1,
  aggregateId: product.id,
  sequence: product.version,
  occurredAt: NOW.toISOString(),
  traceparent: '00-00000000000000000000000000000001-0000000000000001-01',
  correlationId: 'test',
  causationId: null,
  actor: 'test',
  data: { productId: product.id },
});

/** What every catalogue store must do, whichever server is behind it. */
export function catalogueStoreContract(
  open: () => Promise<{ store: CatalogueStore; close: () => Promise<void> }>,
): void {
  describe('catalogue store', () => {
    let store: CatalogueStore;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ store, close } = await open());
      await store.prepare();
    });
    afterAll(() => close());

    const insert = (product: CatalogueProduct) =>
      store.saveProducts([{ product, expectedVersion: null, events: [changeOf(product)] }]);
    const update = (product: CatalogueProduct, expectedVersion: number) =>
      store.saveProducts([{ product, expectedVersion, events: [changeOf(product)] }]);
    const settleAll = async () => {
      for (
        let pending = await store.pendingProducts(100);
        pending.length > 0;
        pending = await store.pendingProducts(100)
      ) {
        await store.settleProducts(pending.map(({ product }) => product));
      }
    };

    test('preparing twice changes nothing', async () => {
      await store.prepare();
      await expect(store.ping()).resolves.toBeUndefined();
    });

    test('a product is found by id, slug, variant id and SKU exactly as it was stored', async () => {
      const product = productOf({
        description: 'Für "Kaffee" & 🍵',
        categoryIds: ['cat_a', 'cat_b'],
        variants: [
          variantOf({ selectedOptions: [{ name: 'Size', value: 'L' }], weightGrams: 350, initialOnHand: 12 }),
          variantOf({ compareAtPrice: { centAmount: 900_719_925_474_099, currencyCode: 'EUR' } }),
        ],
      });
      expect(await insert(product)).toEqual(['SAVED']);
      expect(await store.productsByIds([product.id, 'prd_unknown'])).toEqual([product]);
      expect(await store.productsBySlugs([product.slug, 'unknown'])).toEqual([product]);
      expect(await store.productsByVariantIds(product.variants.map(({ id }) => id))).toEqual([product]);
      expect(await store.productsBySkus([product.variants[1]?.sku ?? ''])).toEqual([product]);
      expect(await store.productsByIds([])).toEqual([]);
    });

    test('a slug belongs to one product, and a refused write changes nothing', async () => {
      const first = productOf();
      const second = productOf();
      await insert(first);
      await insert(second);
      expect(await insert(productOf({ slug: first.slug }))).toEqual(['SLUG_TAKEN']);
      expect(await update({ ...second, slug: first.slug, version: 2 }, 1)).toEqual(['SLUG_TAKEN']);
      expect(await store.productsBySlugs([first.slug])).toEqual([first]);
      expect(await store.productsByIds([second.id])).toEqual([second]);
    });

    test('a SKU belongs to one variant of one product, and products without variants do not collide', async () => {
      const first = productOf();
      await insert(first);
      const sku = first.variants[0]?.sku ?? '';
      const thief = productOf({ variants: [variantOf(), variantOf({ sku })] });
      expect(await insert(thief)).toEqual(['SKU_TAKEN']);
      expect(await store.productsByIds([thief.id])).toEqual([]);
      const bare = [productOf({ variants: [] }), productOf({ variants: [] })];
      expect(await insert(bare[0] as CatalogueProduct)).toEqual(['SAVED']);
      expect(await insert(bare[1] as CatalogueProduct)).toEqual(['SAVED']);
      expect(await update({ ...(bare[1] as CatalogueProduct), version: 2, variants: [variantOf({ sku })] }, 1)).toEqual(
        ['SKU_TAKEN'],
      );
      expect(await update({ ...first, version: 2, variants: [] }, 1)).toEqual(['SAVED']);
      expect(await update({ ...(bare[1] as CatalogueProduct), version: 2, variants: [variantOf({ sku })] }, 1)).toEqual(
        ['SAVED'],
      );
    });

    test('of two writers with the same version one wins, and the other changes nothing', async () => {
      const product = productOf();
      await insert(product);
      const outcomes = await Promise.all(
        ['A', 'B', 'C', 'D'].map((name) => update({ ...product, name, version: 2 }, 1).then(([outcome]) => outcome)),
      );
      expect(outcomes.filter((outcome) => outcome === 'SAVED')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'VERSION_CONFLICT')).toHaveLength(3);
      const winner = ['A', 'B', 'C', 'D'][outcomes.indexOf('SAVED')];
      expect(await store.productsByIds([product.id])).toEqual([{ ...product, name: winner, version: 2 }]);
    });

    test('a batch writes what is good and says of each row what became of it', async () => {
      const [kept, stale, fresh] = [productOf(), productOf(), productOf()];
      await insert(kept);
      await insert(stale);
      const clash = productOf({ slug: kept.slug });
      const sameSku = productOf({ variants: kept.variants });
      const write = (product: CatalogueProduct, expectedVersion: number | null) => {
        return { product, expectedVersion, events: [changeOf(product)] };
      };
      const outcomes = await store.saveProducts([
        write(clash, null),
        write({ ...stale, version: 8, name: 'Late' }, 7),
        write(fresh, null),
        write({ ...kept, version: 2, name: 'Cup' }, 1),
        write(sameSku, null),
      ]);
      expect(outcomes).toEqual(['SLUG_TAKEN', 'VERSION_CONFLICT', 'SAVED', 'SAVED', 'SKU_TAKEN']);
      const stored = await store.productsByIds([clash, stale, fresh, kept, sameSku].map(({ id }) => id));
      expect(stored.map(({ id, name }) => [id, name]).sort()).toEqual(
        [
          [stale.id, 'Mug'],
          [fresh.id, 'Mug'],
          [kept.id, 'Cup'],
        ].sort(),
      );
    });

    test('events are stored with the change, and stay pending until that version is settled', async () => {
      await settleAll();
      const product = productOf({ updatedAt: new Date('2026-11-22T11:00:00.000Z') });
      const older = productOf({ updatedAt: new Date('2026-11-22T10:30:00.000Z') });
      await insert(product);
      await insert(older);
      expect((await store.pendingProducts(10)).map((pending) => pending.product.id)).toEqual([older.id, product.id]);
      expect(await store.pendingProducts(1)).toHaveLength(1);

      const second = { ...product, version: 2, name: 'Cup' };
      await update(second, 1);
      await store.settleProducts([product, older]);
      const [pending, ...others] = await store.pendingProducts(10);
      expect(others).toEqual([]);
      expect(pending?.product).toEqual(second);
      expect(pending?.events.map((event) => [event.sequence, event.data])).toEqual([
        [1, { productId: product.id }],
        [2, { productId: product.id }],
      ]);
      await store.settleProducts([second]);
      expect(await store.pendingProducts(10)).toEqual([]);
      expect(await store.productsByIds([product.id])).toEqual([second]);
    });

    test('a refused write leaves no event', async () => {
      await settleAll();
      const product = productOf();
      await insert(product);
      await store.settleProducts([product]);
      await update({ ...product, version: 9 }, 8);
      await insert(productOf({ slug: product.slug }));
      expect(await store.pendingProducts(10)).toEqual([]);
    });

    test('a deleted product is read by nobody, gives its slug free, and is removed when that is settled', async () => {
      await settleAll();
      const product = productOf();
      await insert(product);
      const deleted = { ...product, version: 2, slug: `deleted/${product.id}`, variants: [], deletedAt: NOW };
      expect(await update(deleted, 1)).toEqual(['SAVED']);
      expect(await store.productsByIds([product.id])).toEqual([]);
      expect(await store.productsByVariantIds(product.variants.map(({ id }) => id))).toEqual([]);
      expect(await insert(productOf({ slug: product.slug, variants: product.variants }))).toEqual(['SAVED']);
      const pending = (await store.pendingProducts(10)).map((each) => each.product);
      expect(pending.find(({ id }) => id === product.id)).toEqual(deleted);
      await store.settleProducts([deleted]);
      const ids: string[] = [];
      for await (const batch of store.everyProduct(2)) ids.push(...batch.map(({ id }) => id));
      expect(ids).not.toContain(product.id);
      expect(ids).toEqual([...ids].sort());
    });

    test('products of a category can be projected again, and are found while it is in use', async () => {
      await settleAll();
      const inside = productOf({ categoryIds: ['cat_here', 'cat_there'] });
      const outside = productOf({ categoryIds: ['cat_elsewhere'] });
      await insert(inside);
      await insert(outside);
      await settleAll();
      await store.requestProjection(['cat_there', 'cat_nowhere']);
      expect((await store.pendingProducts(10)).map((pending) => pending.product)).toEqual([inside]);
      expect(await store.productInCategory('cat_here')).toBe(inside.id);
      expect(await store.productInCategory('cat_nowhere')).toBeUndefined();
    });

    test('categories are put, changed and deleted', async () => {
      const category = categoryOf();
      const changed = { ...category, name: 'Cups', parentId: 'cat_parent' };
      await store.changeCategories(async () => done({ kind: 'put', category }));
      expect((await store.categories()).filter(({ id }) => id === category.id)).toEqual([category]);
      await store.changeCategories(async () => done({ kind: 'put', category: changed }));
      expect((await store.categories()).filter(({ id }) => id === category.id)).toEqual([changed]);
      await store.changeCategories(async () => done({ kind: 'delete', category: changed }));
      expect((await store.categories()).filter(({ id }) => id === category.id)).toEqual([]);
    });

    test('changes of categories never overlap: each decides on what the one before has written', async () => {
      const category = categoryOf({ name: '0' });
      await store.changeCategories(async () => done({ kind: 'put', category }));
      await Promise.all(
        Array.from({ length: 8 }, () =>
          store.changeCategories(async (all) => {
            const current = all.find(({ id }) => id === category.id) ?? category;
            await new Promise((resolve) => setTimeout(resolve, 3));
            return done({ kind: 'put', category: { ...current, name: String(Number(current.name) + 1) } });
          }),
        ),
      );
      expect((await store.categories()).find(({ id }) => id === category.id)?.name).toBe('8');
    });

    test('a decision that throws gives the categories free again', async () => {
      const category = categoryOf();
      await expect(
        store.changeCategories(async () => {
          throw new Error('no');
        }),
      ).rejects.toThrow('no');
      const result = await store.changeCategories(async () => done({ kind: 'put', category }));
      expect(result.ok).toBe(true);
    });

    test('a category slug belongs to one category', async () => {
      const category = categoryOf();
      await store.changeCategories(async () => done({ kind: 'put', category }));
      const twin = categoryOf({ slug: category.slug });
      const result = await store.changeCategories(async () => done({ kind: 'put', category: twin }));
      expect(result.ok).toBe(false);
      expect((await store.categories()).filter(({ slug }) => slug === category.slug)).toEqual([category]);
    });
  });
}
