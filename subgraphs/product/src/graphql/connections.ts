import { asksAnywhereFor, asksFor, ClientError, decodeCursor, encodeCursor, MAX_PAGE_SIZE } from '@souk/runtime';
import type { FindProducts, ProductPage } from '../app/findProducts.js';
import type { PagePosition, ProductSort } from '../app/ports.js';
import type { Context } from './context.js';

type Info = Parameters<typeof asksFor>[0];

export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly sort?: ProductSort | null | undefined;
}

const DEFAULT_PAGE_SIZE = 20;

/** Finds one page and shapes it as a connection; asks the stores only for what the query looks at. */
export async function productConnection(
  context: Context,
  args: PageArgs,
  info: Info,
  filter: Omit<FindProducts, 'audience' | 'sort' | 'first' | 'after' | 'want'>,
) {
  const sort = args.sort ?? 'RELEVANCE';
  const want = {
    total: asksFor(info, 'totalCount'),
    facets: asksFor(info, 'facets'),
    items: asksFor(info, 'nodes', 'edges'),
  };
  const page = await context.app.findProducts(context.reads, {
    ...filter,
    audience: context.audience,
    sort,
    first: pageSize(args.first),
    after: position(args.after, sort),
    want,
  });
  if (asksAnywhereFor(info, 'availableForSale', 'quantityAvailable')) {
    const variants = page.items.flatMap(({ product }) => product.variants.map(({ id }) => id));
    if (variants.length > 0) await context.loaders.loadAvailability(variants);
  }
  return toConnection(context, page, { sort, hasPreviousPage: args.after != null, withEdges: asksFor(info, 'edges') });
}

function toConnection(
  context: Context,
  { items, hasNextPage, total, facets }: ProductPage,
  o: { readonly sort: ProductSort; readonly hasPreviousPage: boolean; readonly withEdges: boolean },
) {
  const cursor = ({ key, id }: PagePosition) => encodeCursor([o.sort, key, id]);
  const nodes = items.map(({ product }) => context.views.product(product));
  const [first] = items;
  const last = items.at(-1);
  return {
    edges: o.withEdges
      ? items.map(({ product, position: at }) => ({ cursor: cursor(at), node: context.views.product(product) }))
      : [],
    nodes,
    pageInfo: {
      hasNextPage,
      hasPreviousPage: o.hasPreviousPage,
      startCursor: first ? cursor(first.position) : null,
      endCursor: last ? cursor(last.position) : null,
    },
    totalCount: total,
    facets,
  };
}

/** `first` within 0 and the cap. */
export function pageSize(first: number | null | undefined): number {
  const wanted = first ?? DEFAULT_PAGE_SIZE;
  if (wanted < 0) throw new ClientError('BAD_USER_INPUT', '`first` must not be negative.');
  return Math.min(wanted, MAX_PAGE_SIZE);
}

function position(after: string | null | undefined, sort: ProductSort): PagePosition | null {
  if (after === null || after === undefined) return null;
  const [of, key, id, ...rest] = decodeCursor(after) ?? [];
  if (of !== sort || key === undefined || typeof id !== 'string' || rest.length > 0) {
    throw new ClientError('BAD_USER_INPUT', '`after` is not a cursor of this list.');
  }
  const textual = sort === 'NAME';
  if (textual !== (typeof key === 'string'))
    throw new ClientError('BAD_USER_INPUT', '`after` is not a cursor of this list.');
  return { key, id };
}
