import { type Database, sql } from '@souk/postgres';
import type { FoundProducts, ProductIndex, ProductSearch, ProductSort } from '../app/ports.js';
import { plainText, words } from '../domain/plainText.js';

/** Each sorts ascending, so that "after this key and id" means the same for all. Exact in 53 bits, as prices and times are. */
const SORT_KEYS: Readonly<Record<Exclude<ProductSort, 'RELEVANCE'>, string>> = {
  PRICE_ASC: 'coalesce(p.price_min, 9007199254740991)::float8',
  PRICE_DESC: '-coalesce(p.price_min, -1)::float8',
  NEWEST: '-floor(extract(epoch FROM p.created_at) * 1000)::float8',
  BEST_SELLING: '-(SELECT coalesce(sum(i.sold), 0) FROM inventory i WHERE i.product_id = p.product_id)::float8',
  NAME: 'p.sort_name COLLATE "C"',
};
/** The name's words weigh most (ts_rank weights A, B, D); similarity brings up names with typing errors. */
const RELEVANCE = `-(ts_rank('{0.05, 0.1, 0.4, 1.0}', p.document, to_tsquery('english', $10)) + 0.3 * word_similarity($11, p.search_text))::float8`;
const MAX_FACET_VALUES = 1_000;

interface SearchAnswer {
  readonly page: readonly (readonly [string, string | number])[] | null;
  readonly total: number | null;
  readonly facets: readonly (readonly [string, number])[] | null;
}

/** What changes the statement's text. Kept to few flags: each combination is a prepared statement on each connection. */
interface Shape {
  readonly sort: ProductSort;
  readonly query: boolean;
  readonly categories: boolean;
  readonly filters: boolean;
  readonly after: boolean;
  readonly total: boolean;
  readonly facets: boolean;
}

/**
 * One statement answers the page, the count and the facets. A product that fails exactly one facet filter is kept aside,
 * since it still counts for the other values of that facet.
 */
function statementOf(shape: Shape) {
  const byRelevance = shape.sort === 'RELEVANCE' && shape.query;
  const sort = shape.sort === 'RELEVANCE' ? 'NEWEST' : shape.sort;
  const key = byRelevance ? RELEVANCE : SORT_KEYS[sort];
  const keyType = sort === 'NAME' && !byRelevance ? 'text COLLATE "C"' : 'float8';
  const conditions = [
    'p.status = ANY ($1)',
    '($2::text[] IS NULL OR p.product_id = ANY ($2))',
    '($3::text IS NULL OR (p.currency_code = $3 AND p.price_max >= coalesce($4::bigint, 0) AND p.price_min <= coalesce($5::bigint, 9007199254740991)))',
    '(NOT $6::boolean OR EXISTS (SELECT 1 FROM inventory i WHERE i.product_id = p.product_id AND i.variant_id = ANY (p.variant_ids) AND i.on_hand - i.reserved - i.safety_stock > 0))',
    '($7::timestamptz IS NULL OR p.updated_at > $7)',
    ...(shape.categories ? ['p.category_ids && $9'] : ['$9::text[] IS NULL']),
    ...(shape.query
      ? [`(p.document @@ to_tsquery('english', $10) OR $11 <% p.search_text)`]
      : ['$10::text IS NULL AND $11::text IS NULL']),
  ];
  const failed = shape.filters
    ? `ARRAY(SELECT f.key FROM jsonb_to_recordset($12::jsonb) AS f(key text, tokens text[]) WHERE NOT p.facets && f.tokens)`
    : `NULL::text[]`;
  const matches = shape.filters ? 'cardinality(failed) = 0' : '$12::jsonb IS NULL';
  const kept = shape.filters
    ? `WHERE cardinality(failed) = 0 OR (cardinality(failed) = 1 AND split_part(token, '=', 1) = failed[1])`
    : '';
  const after = shape.after
    ? `(key, product_id) > ($13::${keyType}, $14::text)`
    : '$13::text IS NULL AND $14::text IS NULL';
  const letters = `${shape.query ? 'q' : ''}${shape.categories ? 'c' : ''}${shape.filters ? 'f' : ''}${shape.after ? 'a' : ''}${shape.total ? 't' : ''}${shape.facets ? 'F' : ''}`;
  const text = `WITH base AS ${shape.total || shape.facets ? 'MATERIALIZED' : 'NOT MATERIALIZED'} (
      SELECT p.product_id, p.facets, ${key} AS key, ${failed} AS failed FROM search_product p WHERE ${conditions.join(' AND ')}
    )
    SELECT
      (SELECT json_agg(json_build_array(product_id, key)) FROM (
         SELECT product_id, key FROM base WHERE ${matches} AND ${after} ORDER BY key, product_id LIMIT $8) AS page) AS page,
      ${shape.total ? `(SELECT count(*)::int FROM base WHERE ${matches})` : 'NULL::int'} AS total,
      ${
        shape.facets
          ? `(SELECT json_agg(json_build_array(token, count)) FROM (
               SELECT token, count(*)::int AS count FROM base CROSS JOIN LATERAL unnest(base.facets) AS token
               ${kept} GROUP BY token ORDER BY count DESC, token LIMIT ${MAX_FACET_VALUES}) AS counted)`
          : 'NULL::json'
      } AS facets`;
  return sql<SearchAnswer>(`search.${byRelevance ? 'RELEVANCE' : sort}.${letters}`, text);
}

const suggest = sql<{ productId: string }>(
  'search.suggest',
  `SELECT product_id AS "productId" FROM search_product
   WHERE status = 'ACTIVE' AND (document @@ to_tsquery('english', $1) OR $2 <% search_text)
   ORDER BY (sort_name LIKE $3) DESC, word_similarity($2, sort_name) DESC, sort_name COLLATE "C", product_id LIMIT $4`,
);

/** All words must occur, the last one may still be unfinished; '' when there is no word. */
export function toTsQuery(query: string): string {
  const terms = words(query).slice(0, 12);
  return terms.map((term, index) => (index === terms.length - 1 ? `${term}:*` : term)).join(' & ');
}

export function postgresProductIndex(database: Database): ProductIndex {
  const statements = new Map<string, ReturnType<typeof statementOf>>();

  function statementFor(shape: Shape) {
    const name = JSON.stringify(shape);
    let statement = statements.get(name);
    if (!statement) {
      statement = statementOf(shape);
      statements.set(name, statement);
    }
    return statement;
  }

  return {
    async search(search: ProductSearch): Promise<FoundProducts> {
      const query = search.query === null ? '' : toTsQuery(search.query);
      const price = search.price;
      const filters = search.facets.map(({ key, anyOf }) => ({ key, tokens: anyOf.map((value) => `${key}=${value}`) }));
      const statement = statementFor({
        sort: search.sort,
        query: query !== '',
        categories: search.categoryIds !== null,
        filters: filters.length > 0,
        after: search.after !== null,
        total: search.want.total,
        facets: search.want.facets,
      });
      const [answer] = await database.query(statement, [
        search.statuses,
        search.ids,
        price?.currencyCode ?? null,
        price?.min ?? null,
        price?.max ?? null,
        search.inStock,
        search.updatedAfter,
        search.first + 1,
        search.categoryIds,
        query === '' ? null : query,
        query === '' ? null : plainText(search.query ?? ''),
        filters.length === 0 ? null : JSON.stringify(filters),
        search.after?.key ?? null,
        search.after?.id ?? null,
      ]);
      const page = answer?.page ?? [];
      return {
        page: page.slice(0, search.first).map(([id, key]) => ({ id, position: { id, key } })),
        hasNextPage: page.length > search.first,
        total: answer?.total ?? 0,
        facets: (answer?.facets ?? []).map(([token, count]) => ({ token, count })),
      };
    },

    async suggest(query, limit) {
      const terms = toTsQuery(query);
      if (terms === '') return [];
      const plain = plainText(query).trim();
      const rows = await database.query(suggest, [terms, plain, `${plain.replace(/[\\%_]/g, '\\$&')}%`, limit]);
      return rows.map(({ productId }) => productId);
    },
  };
}
