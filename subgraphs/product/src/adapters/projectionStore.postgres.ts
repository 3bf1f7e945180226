import { OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, isTransient, sql } from '@souk/postgres';
import type { ProjectionStore } from '../app/ports.js';

/**
 * Index and first stock in one statement. Rows come in order of their ids, so that two projections of overlapping
 * products wait for each other instead of dead-locking. Texts are plain already; 'english' reduces them to stems.
 */
const project = sql<never>(
  'projection.project',
  `WITH input AS (
     SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(
       "productId" text, version int, status text, slug text, name text, "sortName" text, "categoryIds" text[],
       "variantIds" text[], facets text[], "priceMin" bigint, "priceMax" bigint, "currencyCode" text, "searchText" text,
       details text, description text, "createdAt" timestamptz, "updatedAt" timestamptz, stock jsonb)
   ), indexed AS (
     INSERT INTO search_product (product_id, version, status, slug, name, sort_name, category_ids, variant_ids, facets,
       price_min, price_max, currency_code, search_text, document, created_at, updated_at, projected_at)
     SELECT "productId", version, status, slug, name, "sortName", "categoryIds", "variantIds", facets,
       "priceMin", "priceMax", "currencyCode", "searchText",
       setweight(to_tsvector('english', "sortName"), 'A') || setweight(to_tsvector('english', details), 'B') ||
         setweight(to_tsvector('english', description), 'D'),
       "createdAt", "updatedAt", clock_timestamp()
     FROM input ORDER BY "productId"
     ON CONFLICT (product_id) DO UPDATE SET
       version = excluded.version, status = excluded.status, slug = excluded.slug, name = excluded.name,
       sort_name = excluded.sort_name, category_ids = excluded.category_ids, variant_ids = excluded.variant_ids,
       facets = excluded.facets, price_min = excluded.price_min, price_max = excluded.price_max,
       currency_code = excluded.currency_code, search_text = excluded.search_text, document = excluded.document,
       created_at = excluded.created_at, updated_at = excluded.updated_at, projected_at = excluded.projected_at
     WHERE search_product.version <= excluded.version
   ), stocked AS (
     INSERT INTO inventory (variant_id, product_id, on_hand)
     SELECT s."variantId", input."productId", s."onHand"
     FROM input CROSS JOIN LATERAL jsonb_to_recordset(input.stock) AS s("variantId" text, "onHand" int)
     ORDER BY s."variantId"
     ON CONFLICT (variant_id) DO NOTHING
     RETURNING variant_id, on_hand
   )
   INSERT INTO stock_movement (variant_id, type, quantity, reason, actor)
   SELECT variant_id, 'ADJUSTMENT', on_hand, 'RECEIVED', 'service:product' FROM stocked WHERE on_hand > 0`,
);
const publish = sql('projection.publish', `${OUTBOX_INSERT('$1')} ON CONFLICT (id) DO NOTHING`);
const clock = sql<{ now: Date }>('projection.now', 'SELECT clock_timestamp() AS now');
const removeOlder = sql<{ removed: number }>(
  'projection.removeOlder',
  `WITH gone AS (DELETE FROM search_product WHERE projected_at < $1 RETURNING 1) SELECT count(*)::int AS removed FROM gone`,
);

export function postgresProjectionStore(database: Database): ProjectionStore {
  return {
    async project(rows) {
      if (rows.length === 0) return;
      const input = JSON.stringify([...rows].sort((a, b) => (a.productId < b.productId ? -1 : 1)));
      for (let attempt = 0; ; attempt += 1) {
        try {
          await database.query(project, [input]);
          return;
        } catch (error) {
          if (attempt >= 3 || !isTransient(error)) throw error;
        }
      }
    },
    async publish(events) {
      if (events.length > 0) await database.query(publish, [outboxRows(events)]);
    },
    async now() {
      const [row] = await database.query(clock);
      if (!row) throw new Error('The database has no clock');
      return row.now;
    },
    async removeOlder(before) {
      const [row] = await database.query(removeOlder, [before]);
      return row?.removed ?? 0;
    },
  };
}
