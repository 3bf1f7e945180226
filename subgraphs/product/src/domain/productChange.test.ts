import { describe, expect, test } from '@jest/globals';
import type { CatalogueProduct } from './catalogue.js';
import { createProduct, updateProduct, upsertVariants } from './productChange.js';
import type { ProductInput, VariantInput } from './productInput.js';

const NOW = new Date('2026-11-22T10:00:00.000Z');
const LATER = new Date('2026-11-22T11:00:00.000Z');
const around = (now = NOW) => {
  let number = 0;
  return {
    now,
    newVariantId: () => {
      number += 1;
      return `var_${now.getUTCHours()}${number}`;
    },
  };
};
const variant = (sku: string, changes: Partial<VariantInput> = {}): VariantInput => ({
  sku,
  price: { centAmount: 1_000, currencyCode: 'EUR' },
  ...changes,
});
const made = (input: ProductInput): CatalogueProduct => {
  const result = createProduct('prd_1', { name: 'Mug', ...input }, around());
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.value;
};

describe('a new product', () => {
  test('is a draft of version 1 with a slug made from its name', () => {
    expect(made({ name: ' Großer Café-Becher, 0.3 l ' })).toMatchObject({
      slug: 'grosser-cafe-becher-0-3-l',
      name: 'Großer Café-Becher, 0.3 l',
      status: 'DRAFT',
      version: 1,
    });
  });

  test('needs a name from which a slug can be made, or a slug', () => {
    expect(createProduct('prd_1', {}, around())).toMatchObject({ errors: [{ code: 'REQUIRED', field: ['name'] }] });
    expect(createProduct('prd_1', { name: '茶碗' }, around())).toMatchObject({
      errors: [{ code: 'REQUIRED', field: ['slug'] }],
    });
    expect(made({ name: '茶碗', slug: 'tea-bowl' }).slug).toBe('tea-bowl');
  });

  test('cannot be for sale without anything to sell', () => {
    expect(createProduct('prd_1', { name: 'Mug', status: 'ACTIVE' }, around())).toMatchObject({
      errors: [{ code: 'INVALID', field: ['status'] }],
    });
  });

  test('names variants by their options', () => {
    const selectedOptions = [
      { name: 'Size', value: 'L' },
      { name: 'Colour', value: 'Red' },
    ];
    const product = made({
      variants: [variant('A', { selectedOptions }), variant('B'), variant('C', { name: 'Special' })],
    });
    expect(product.variants.map(({ name }) => name)).toEqual(['L / Red', 'Default', 'Special']);
  });
});

describe('a change', () => {
  const product = made({ description: 'Blue', variants: [variant('A', { onHand: 3 }), variant('B')] });

  test('that changes nothing is the very same product', () => {
    const input = { name: 'Mug', variants: [variant('A', { onHand: 99 }), variant('B')] };
    const result = updateProduct(product, input, around(LATER));
    expect(result.ok && result.value).toBe(product);
  });

  test('keeps what it does not name, and clears a description that is null', () => {
    const result = updateProduct(product, { description: null, name: 'Cup' }, around(LATER));
    expect(result.ok && result.value).toEqual({
      ...product,
      name: 'Cup',
      description: null,
      version: 2,
      updatedAt: LATER,
    });
  });

  test('with a list of variants keeps those it names with their ids and first stock, and drops the others', () => {
    const result = updateProduct(product, { variants: [variant('C'), variant('A', { onHand: 50 })] }, around(LATER));
    if (!result.ok) throw new Error('refused');
    expect(result.value.variants.map(({ id, sku, initialOnHand }) => [id, sku, initialOnHand])).toEqual([
      ['var_111', 'C', 0],
      [product.variants[0]?.id, 'A', 3],
    ]);
  });

  test('renames a SKU by the id of its variant, and refuses an id of another product', () => {
    const id = product.variants[0]?.id ?? '';
    const renamed = upsertVariants(product, [variant('A2', { id })], around(LATER));
    expect(renamed.ok && renamed.value.variants.map(({ sku }) => sku)).toEqual(['A2', 'B']);
    expect(upsertVariants(product, [variant('X', { id: 'var_other' })], around(LATER))).toMatchObject({
      errors: [{ code: 'NOT_FOUND', field: ['variants', '0', 'id'] }],
    });
  });

  test('refuses two currencies, a variant named twice, and a SKU that another variant keeps', () => {
    const usd = variant('D', { price: { centAmount: 1, currencyCode: 'USD' } });
    expect(upsertVariants(product, [usd], around())).toMatchObject({
      errors: [{ code: 'INVALID', field: ['variants'] }],
    });
    const id = product.variants[0]?.id ?? '';
    expect(upsertVariants(product, [variant('A'), variant('Z', { id })], around())).toMatchObject({
      errors: [{ code: 'INVALID', field: ['variants', '1'] }],
    });
    expect(upsertVariants(product, [variant('B', { id })], around())).toMatchObject({
      errors: [{ code: 'SKU_TAKEN', skus: ['B'] }],
    });
  });
});
