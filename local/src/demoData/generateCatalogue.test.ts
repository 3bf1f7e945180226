import { describe, expect, test } from '@jest/globals';
import { generateCatalogue } from './generateCatalogue.js';

const catalogue = generateCatalogue();

describe('the demo catalogue', () => {
  test('is the same each time', () => {
    expect(generateCatalogue()).toEqual(catalogue);
    expect(generateCatalogue(1).products[0]).not.toEqual(catalogue.products[0]);
  });

  test('has at least 500 products in at least 30 leaf categories, three levels deep', () => {
    const parents = new Set(catalogue.categories.map(({ parent }) => parent));
    const leaves = catalogue.categories.filter(({ slug }) => !parents.has(slug));
    expect(catalogue.products.length).toBeGreaterThanOrEqual(500);
    expect(leaves.length).toBeGreaterThanOrEqual(30);
    const bySlug = new Map(catalogue.categories.map((category) => [category.slug, category]));
    for (const leaf of leaves) {
      const middle = bySlug.get(leaf.parent ?? '');
      expect(bySlug.get(middle?.parent ?? '')?.parent).toBeNull();
    }
    expect(new Set(catalogue.products.map(({ category }) => category))).toEqual(
      new Set(leaves.map(({ slug }) => slug)),
    );
  });

  test('never uses a slug, a SKU or a pair of options twice', () => {
    const slugs = catalogue.products.map(({ slug }) => slug);
    const skus = catalogue.products.flatMap(({ variants }) => variants.map(({ sku }) => sku));
    expect(new Set(slugs).size).toBe(slugs.length);
    expect(new Set(skus).size).toBe(skus.length);
    for (const { variants } of catalogue.products) {
      expect(new Set(variants.map(({ selectedOptions }) => JSON.stringify(selectedOptions))).size).toBe(
        variants.length,
      );
    }
  });

  test('has one to six variants each, sane prices, and some that are sold out or nearly so', () => {
    const variants = catalogue.products.flatMap((product) => product.variants);
    for (const product of catalogue.products) {
      expect(product.variants.length).toBeGreaterThanOrEqual(1);
      expect(product.variants.length).toBeLessThanOrEqual(6);
      expect(product.description.length).toBeGreaterThan(60);
    }
    expect(Math.min(...variants.map(({ price }) => price.centAmount))).toBeGreaterThanOrEqual(500);
    expect(Math.max(...variants.map(({ price }) => price.centAmount))).toBeLessThan(300_000);
    const share = (count: number) => count / variants.length;
    const soldOut = share(variants.filter(({ onHand }) => onHand === 0).length);
    const low = share(variants.filter(({ onHand }) => onHand > 0 && onHand < 5).length);
    expect(soldOut).toBeGreaterThan(0.03);
    expect(soldOut).toBeLessThan(0.15);
    expect(low).toBeGreaterThan(0.05);
    expect(low).toBeLessThan(0.2);
  });
});
