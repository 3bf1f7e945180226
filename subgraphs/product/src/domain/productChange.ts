import type { CatalogueProduct, CatalogueVariant } from './catalogue.js';
import { type CatalogueError, done, type Result, refused } from './errors.js';
import { isSame } from './isSame.js';
import { slugOf } from './plainText.js';
import {
  checkProduct,
  checkProductInput,
  checkVariantInputs,
  type ProductInput,
  type VariantInput,
} from './productInput.js';

/** Time and ids come from outside, so that a decision is the same each time it is made. */
export interface Surroundings {
  readonly now: Date;
  readonly newVariantId: () => string;
}

/** A new product, version 1. The slug is made from the name unless the input has one. */
export function createProduct(id: string, input: ProductInput, around: Surroundings): Result<CatalogueProduct> {
  const errors = checkProductInput(input);
  if (!input.name) errors.unshift({ code: 'REQUIRED', field: ['name'], what: 'A product needs a name.' });
  const slug = input.slug ?? slugOf(input.name ?? '');
  if (input.name && slug === '') {
    errors.push({ code: 'REQUIRED', field: ['slug'], what: 'No slug can be made from this name; give one.' });
  }
  if (errors.length > 0) return refused(...errors);
  const blank: CatalogueProduct = {
    id,
    slug,
    name: '',
    description: null,
    status: 'DRAFT',
    version: 0,
    categoryIds: [],
    attributes: [],
    variants: [],
    createdAt: around.now,
    updatedAt: around.now,
    deletedAt: null,
  };
  return changed(blank, input, around);
}

/** The product with what the input names changed; the very same object when the input changes nothing. */
export function updateProduct(
  product: CatalogueProduct,
  input: ProductInput,
  around: Surroundings,
): Result<CatalogueProduct> {
  const errors = checkProductInput(input);
  if (input.name === null) errors.push({ code: 'REQUIRED', field: ['name'], what: 'A product needs a name.' });
  if (input.slug === null) errors.push({ code: 'REQUIRED', field: ['slug'], what: 'A product needs a slug.' });
  return errors.length > 0 ? refused(...errors) : changed(product, input, around);
}

/** Adds or updates the given variants, recognised by id, else by SKU; the others stay. */
export function upsertVariants(
  product: CatalogueProduct,
  inputs: readonly VariantInput[],
  around: Surroundings,
): Result<CatalogueProduct> {
  const errors = checkVariantInputs(inputs);
  if (errors.length > 0) return refused(...errors);
  const resolved = resolveVariants(product, inputs, around);
  if (!resolved.ok) return resolved;
  const byId = new Map(resolved.value.map((variant) => [variant.id, variant]));
  const kept = product.variants.map((variant) => {
    const update = byId.get(variant.id);
    byId.delete(variant.id);
    return update ?? variant;
  });
  return finish(product, { ...product, variants: [...kept, ...byId.values()] }, around);
}

/** The next version of a product that is to be removed: it gives its slug and SKUs free. */
export function deleteProduct(product: CatalogueProduct, now: Date): CatalogueProduct {
  return {
    ...product,
    slug: `deleted/${product.id}`,
    variants: [],
    version: product.version + 1,
    updatedAt: now,
    deletedAt: now,
  };
}

function changed(product: CatalogueProduct, input: ProductInput, around: Surroundings): Result<CatalogueProduct> {
  const variants = input.variants ? resolveVariants(product, input.variants, around) : done(product.variants);
  if (!variants.ok) return variants;
  const description = input.description === undefined ? product.description : input.description?.trim() || null;
  return finish(
    product,
    {
      ...product,
      name: input.name?.trim() ?? product.name,
      slug: input.slug ?? product.slug,
      description,
      status: input.status ?? product.status,
      categoryIds: input.categoryIds ?? product.categoryIds,
      attributes:
        input.attributes?.map(({ key, value }) => ({ key: key.trim(), value: value.trim() })) ?? product.attributes,
      variants: variants.value,
    },
    around,
  );
}

function finish(before: CatalogueProduct, after: CatalogueProduct, around: Surroundings): Result<CatalogueProduct> {
  if (isSame(before, after)) return done(before);
  const errors = checkProduct(after);
  if (errors.length > 0) return refused(...errors);
  return done({ ...after, version: before.version + 1, updatedAt: around.now });
}

function resolveVariants(
  product: CatalogueProduct,
  inputs: readonly VariantInput[],
  around: Surroundings,
): Result<readonly CatalogueVariant[]> {
  const errors: CatalogueError[] = [];
  const seen = new Set<string>();
  const variants = inputs.map((input, index): CatalogueVariant => {
    const byId = input.id ? product.variants.find((variant) => variant.id === input.id) : undefined;
    if (input.id && !byId) {
      errors.push({
        code: 'NOT_FOUND',
        field: ['variants', String(index), 'id'],
        what: 'This product has no such variant.',
      });
    }
    const known = byId ?? product.variants.find((variant) => variant.sku === input.sku);
    if (known && seen.has(known.id)) {
      errors.push({
        code: 'INVALID',
        field: ['variants', String(index)],
        rule: 'The variant is named twice in this input.',
      });
    }
    if (known) seen.add(known.id);
    return toVariant(known, input, around);
  });
  return errors.length > 0 ? refused(...errors) : done(variants);
}

function toVariant(known: CatalogueVariant | undefined, input: VariantInput, around: Surroundings): CatalogueVariant {
  const selectedOptions =
    input.selectedOptions?.map(({ name, value }) => ({ name: name.trim(), value: value.trim() })) ??
    known?.selectedOptions ??
    [];
  const compareAt = input.compareAtPrice === undefined ? (known?.compareAtPrice ?? null) : input.compareAtPrice;
  return {
    id: known?.id ?? around.newVariantId(),
    sku: input.sku,
    name: input.name?.trim() ?? (selectedOptions.map(({ value }) => value).join(' / ') || (known?.name ?? 'Default')),
    price: { centAmount: input.price.centAmount, currencyCode: input.price.currencyCode },
    compareAtPrice: compareAt && { centAmount: compareAt.centAmount, currencyCode: compareAt.currencyCode },
    selectedOptions,
    weightGrams: input.weightGrams === undefined ? (known?.weightGrams ?? null) : input.weightGrams,
    initialOnHand: known?.initialOnHand ?? input.onHand ?? 0,
  };
}
