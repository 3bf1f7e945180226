import type { CatalogueProduct, ProductStatus } from '../domain/catalogue.js';
import { type FacetView, facetViews } from '../domain/facets.js';
import { type Audience, isListed, listedStatuses } from './audience.js';
import type { PagePosition, ProductSearch, ProductSort } from './ports.js';
import type { Reads } from './reads.js';

export interface FindProducts {
  readonly audience: Audience;
  readonly query?: string | null;
  readonly categoryId?: string | null;
  readonly ids?: readonly string[] | null;
  readonly status?: ProductStatus | null;
  readonly facets?: readonly { readonly key: string; readonly anyOf: readonly string[] }[];
  readonly price?: ProductSearch['price'];
  readonly inStock?: boolean;
  readonly updatedAfter?: Date | null;
  readonly sort: ProductSort;
  readonly first: number;
  readonly after: PagePosition | null;
  readonly want: { readonly total: boolean; readonly facets: boolean; readonly items: boolean };
}

export interface ProductPage {
  readonly items: readonly { readonly product: CatalogueProduct; readonly position: PagePosition }[];
  readonly hasNextPage: boolean;
  readonly total: number;
  readonly facets: readonly FacetView[];
}

const EMPTY: ProductPage = { items: [], hasNextPage: false, total: 0, facets: [] };

/**
 * One page of what the audience may see: one statement for ids, count and facets, one for the documents. A document that
 * changed after it was indexed is judged by itself, so nothing withdrawn is shown.
 */
export const findProducts =
  (reads: Reads) =>
  async (o: FindProducts): Promise<ProductPage> => {
    const statuses = listedStatuses(o.audience, o.status ?? null);
    const tree = o.categoryId || o.want.facets ? await reads.tree() : undefined;
    const categoryIds = o.categoryId ? (tree?.withDescendants(o.categoryId) ?? []) : null;
    if (statuses.length === 0 || categoryIds?.length === 0 || o.ids?.length === 0) return EMPTY;
    const facets = (o.facets ?? []).map(({ key, anyOf }) => ({ key: key.trim().toLowerCase(), anyOf }));
    const found = await reads.search({
      statuses,
      query: o.query?.trim() || null,
      categoryIds,
      ids: o.ids ?? null,
      facets,
      price: o.price ?? null,
      inStock: o.inStock ?? false,
      updatedAfter: o.updatedAfter ?? null,
      sort: o.sort,
      first: o.first,
      after: o.after,
      want: { total: o.want.total, facets: o.want.facets },
    });
    const products = o.want.items ? await reads.productsByIds(found.page.map(({ id }) => id)) : [];
    const byId = new Map(products.map((product) => [product.id, product]));
    return {
      items: found.page.flatMap(({ id, position }) => {
        const product = byId.get(id);
        return product && isListed(product, o.audience) ? [{ product, position }] : [];
      }),
      hasNextPage: found.hasNextPage,
      total: found.total,
      facets: tree ? facetViews(found.facets, facets, tree) : [],
    };
  };
