import { isMoney, type Money } from '@souk/money';
import type { Attribute, CatalogueProduct, CatalogueVariant, NamedValue, ProductStatus } from './catalogue.js';
import type { CatalogueError } from './errors.js';
import { isSlug } from './plainText.js';

/** What staff may say about a product; what is absent stays as it is, null counts as absent except where it clears. */
export interface ProductInput {
  readonly name?: string | null | undefined;
  readonly slug?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly categoryIds?: readonly string[] | null | undefined;
  readonly attributes?: readonly Attribute[] | null | undefined;
  readonly status?: ProductStatus | null | undefined;
  readonly variants?: readonly VariantInput[] | null | undefined;
}

export interface VariantInput {
  readonly id?: string | null | undefined;
  readonly sku: string;
  readonly name?: string | null | undefined;
  readonly price: Money;
  readonly compareAtPrice?: Money | null | undefined;
  readonly selectedOptions?: readonly NamedValue[] | null | undefined;
  readonly weightGrams?: number | null | undefined;
  readonly onHand?: number | null | undefined;
}

export const MAX_NAME_LENGTH = 200;
export const MAX_DESCRIPTION_LENGTH = 20_000;
export const MAX_VARIANTS = 100;
export const MAX_ATTRIBUTES = 50;
export const MAX_CATEGORIES = 10;
export const MAX_OPTIONS = 5;
export const MAX_CENT_AMOUNT = 1_000_000_000_000;
export const MAX_ON_HAND = 1_000_000_000;
const MAX_WEIGHT_GRAMS = 10_000_000;
/** No `=` in a key: facets are written `key=value`. */
const KEY = /^[\p{L}\p{N}][\p{L}\p{N} _.-]{0,49}$/u;
const SKU = /^[\x21-\x7e]{1,64}$/;

/** Everything that is wrong with an input by itself, without looking at the catalogue. */
export function checkProductInput(input: ProductInput): CatalogueError[] {
  const errors: CatalogueError[] = [];
  const invalid = (field: string[], rule: string) => errors.push({ code: 'INVALID', field, rule });
  if (typeof input.name === 'string' && !isText(input.name, MAX_NAME_LENGTH)) {
    invalid(['name'], `A name has 1 to ${MAX_NAME_LENGTH} characters.`);
  }
  if (typeof input.slug === 'string' && !isSlug(input.slug)) {
    invalid(['slug'], 'A slug has lower-case letters, digits and single hyphens, at most 120 characters.');
  }
  if (typeof input.description === 'string' && input.description.length > MAX_DESCRIPTION_LENGTH) {
    invalid(['description'], `A description has at most ${MAX_DESCRIPTION_LENGTH} characters.`);
  }
  const categoryIds = input.categoryIds ?? [];
  if (categoryIds.length > MAX_CATEGORIES) invalid(['categoryIds'], `At most ${MAX_CATEGORIES} categories.`);
  if (new Set(categoryIds).size !== categoryIds.length) invalid(['categoryIds'], 'Each category only once.');
  errors.push(...checkAttributes(input.attributes ?? []), ...checkVariantInputs(input.variants ?? []));
  return errors;
}

function checkAttributes(attributes: readonly Attribute[]): CatalogueError[] {
  const errors: CatalogueError[] = [];
  if (attributes.length > MAX_ATTRIBUTES) {
    errors.push({ code: 'INVALID', field: ['attributes'], rule: `At most ${MAX_ATTRIBUTES} attributes.` });
  }
  attributes.forEach(({ key, value }, index) => {
    const field = ['attributes', String(index)];
    if (!KEY.test(key)) {
      errors.push({
        code: 'INVALID',
        field: [...field, 'key'],
        rule: 'A key has letters, digits, spaces, "_", "." and "-", at most 50.',
      });
    }
    if (!isText(value, 200)) {
      errors.push({ code: 'INVALID', field: [...field, 'value'], rule: 'A value has 1 to 200 characters.' });
    }
  });
  return errors;
}

/** Everything that is wrong with a list of variants by itself; fields start with `variants`. */
export function checkVariantInputs(variants: readonly VariantInput[]): CatalogueError[] {
  const errors: CatalogueError[] = [];
  if (variants.length > MAX_VARIANTS) {
    errors.push({ code: 'INVALID', field: ['variants'], rule: `At most ${MAX_VARIANTS} variants.` });
  }
  const skus = new Set<string>();
  const ids = new Set<string>();
  variants.forEach((variant, index) => {
    const invalid = (name: string, rule: string) =>
      errors.push({ code: 'INVALID', field: ['variants', String(index), name], rule });
    if (!SKU.test(variant.sku)) invalid('sku', 'A SKU has 1 to 64 printable ASCII characters without spaces.');
    if (skus.has(variant.sku)) invalid('sku', 'Another variant of this input has the same SKU.');
    skus.add(variant.sku);
    if (variant.id && ids.has(variant.id)) invalid('id', 'Another variant of this input has the same id.');
    if (variant.id) ids.add(variant.id);
    if (typeof variant.name === 'string' && !isText(variant.name, MAX_NAME_LENGTH)) {
      invalid('name', `A name has 1 to ${MAX_NAME_LENGTH} characters.`);
    }
    if (!isPrice(variant.price)) invalid('price', 'A price is 0 or more minor units of a known currency.');
    if (variant.compareAtPrice && !isPrice(variant.compareAtPrice)) {
      invalid('compareAtPrice', 'A price is 0 or more minor units of a known currency.');
    } else if (variant.compareAtPrice && variant.compareAtPrice.currencyCode !== variant.price.currencyCode) {
      invalid('compareAtPrice', 'Both prices must have the same currency.');
    }
    const options = variant.selectedOptions ?? [];
    const names = new Set(options.map(({ name }) => name.toLowerCase()));
    if (options.length > MAX_OPTIONS || names.size !== options.length) {
      invalid('selectedOptions', `At most ${MAX_OPTIONS} options, each only once.`);
    }
    if (options.some(({ name, value }) => !KEY.test(name) || !isText(value, 100))) {
      invalid('selectedOptions', 'An option has a name of letters and digits, and a value of 1 to 100 characters.');
    }
    if (!isWithin(variant.weightGrams, MAX_WEIGHT_GRAMS))
      invalid('weightGrams', `A weight is 0 to ${MAX_WEIGHT_GRAMS} grams.`);
    if (!isWithin(variant.onHand, MAX_ON_HAND)) invalid('onHand', `Stock is 0 to ${MAX_ON_HAND}.`);
  });
  return errors;
}

/** What must be true of a product as a whole, after a change. */
export function checkProduct(product: Pick<CatalogueProduct, 'status' | 'variants'>): CatalogueError[] {
  const errors: CatalogueError[] = [];
  if (product.status === 'ACTIVE' && product.variants.length === 0) {
    errors.push({ code: 'INVALID', field: ['status'], rule: 'A product needs at least one variant to be sold.' });
  }
  if (product.variants.length > MAX_VARIANTS) {
    errors.push({ code: 'INVALID', field: ['variants'], rule: `At most ${MAX_VARIANTS} variants.` });
  }
  if (new Set(product.variants.map((variant) => variant.price.currencyCode)).size > 1) {
    errors.push({ code: 'INVALID', field: ['variants'], rule: 'All variants of a product must have one currency.' });
  }
  const combinations = product.variants.map(combination);
  if (new Set(combinations).size !== combinations.length) {
    errors.push({ code: 'INVALID', field: ['variants'], rule: 'Two variants have the same options.' });
  }
  const skus = product.variants.map((variant) => variant.sku);
  if (new Set(skus).size !== skus.length) {
    errors.push({
      code: 'SKU_TAKEN',
      field: ['variants'],
      skus: skus.filter((sku, index) => skus.indexOf(sku) !== index),
    });
  }
  return errors;
}

/** Variants without options are told apart by their SKU, which is checked by itself. */
function combination(variant: CatalogueVariant): string {
  if (variant.selectedOptions.length === 0) return `variant:${variant.id}`;
  return JSON.stringify(variant.selectedOptions.map(({ name, value }) => [name.toLowerCase(), value]).sort());
}

const isText = (text: string, maxLength: number): boolean => text.trim().length > 0 && text.length <= maxLength;
const isPrice = (price: Money): boolean =>
  isMoney(price) && price.centAmount >= 0 && price.centAmount <= MAX_CENT_AMOUNT;
const isWithin = (value: number | null | undefined, max: number): boolean =>
  value === null || value === undefined || (Number.isInteger(value) && value >= 0 && value <= max);
