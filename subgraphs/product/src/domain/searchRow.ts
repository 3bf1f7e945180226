import type { CatalogueProduct } from './catalogue.js';
import type { CategoryTree } from './categoryTree.js';
import { plainText } from './plainText.js';

/** Values that are longer are prose, not something to filter by. */
const MAX_FACET_VALUE_LENGTH = 60;

/** A catalogue document as the search projection keeps it. Texts are plain (see `plainText`). */
export interface SearchRow {
  readonly productId: string;
  readonly version: number;
  readonly status: 'DRAFT' | 'ACTIVE' | 'ARCHIVED' | 'DELETED';
  readonly slug: string;
  readonly name: string;
  readonly sortName: string;
  readonly categoryIds: readonly string[];
  readonly variantIds: readonly string[];
  /** `key=value`; the key is in lower case. */
  readonly facets: readonly string[];
  readonly priceMin: number | null;
  readonly priceMax: number | null;
  readonly currencyCode: string | null;
  /** What words with typing errors are compared with: short, or everything becomes similar. */
  readonly searchText: string;
  /** Attribute values, options, SKUs and category names: found, but weighing less than the name. */
  readonly details: string;
  readonly description: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Stock that new variants start with. */
  readonly stock: readonly { readonly variantId: string; readonly onHand: number }[];
}

export const facetToken = (key: string, value: string): string => `${key.trim().toLowerCase()}=${value}`;

/** Key and value of a facet token. */
export function parseFacetToken(token: string): { key: string; value: string } {
  const at = token.indexOf('=');
  return { key: token.slice(0, at), value: token.slice(at + 1) };
}

export function searchRow(product: CatalogueProduct, tree: CategoryTree): SearchRow {
  const categories = product.categoryIds.flatMap((id) => {
    const category = tree.byId.get(id);
    return category ? [...tree.ancestors(id), category] : [];
  });
  const values = [
    ...product.attributes.map(({ key, value }) => ({ key, value })),
    ...product.variants.flatMap((variant) => variant.selectedOptions.map(({ name, value }) => ({ key: name, value }))),
  ];
  const facets = new Set([
    ...product.categoryIds.map((id) => facetToken('category', id)),
    ...values
      .filter(({ value }) => value.length <= MAX_FACET_VALUE_LENGTH)
      .map(({ key, value }) => facetToken(key, value)),
  ]);
  const prices = product.variants.map((variant) => variant.price.centAmount);
  const details = new Set([
    ...values.map(({ value }) => value),
    ...categories.map(({ name }) => name),
    ...product.variants.map(({ sku }) => sku),
  ]);
  return {
    productId: product.id,
    version: product.version,
    status: product.deletedAt ? 'DELETED' : product.status,
    slug: product.slug,
    name: product.name,
    sortName: plainText(product.name),
    categoryIds: product.categoryIds,
    variantIds: product.variants.map(({ id }) => id),
    facets: [...facets],
    priceMin: prices.length > 0 ? Math.min(...prices) : null,
    priceMax: prices.length > 0 ? Math.max(...prices) : null,
    currencyCode: product.variants[0]?.price.currencyCode ?? null,
    searchText: plainText([product.name, ...new Set(categories.map(({ name }) => name))].join(' ')).slice(0, 500),
    details: plainText([...details].join(' ')),
    description: plainText(product.description ?? ''),
    createdAt: product.createdAt.toISOString(),
    updatedAt: product.updatedAt.toISOString(),
    stock: product.variants.map((variant) => ({ variantId: variant.id, onHand: variant.initialOnHand })),
  };
}
