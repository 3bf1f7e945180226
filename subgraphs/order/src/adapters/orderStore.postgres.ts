import { auditRecords } from '@souk/events';
import { handOver, OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import { failpoint } from '@souk/runtime';
import type { CustomerOrdersRequest, OrderChange, OrderParts, OrderStore } from '../app/ports.js';
import { type OrderRow, orderColumns, orderOf } from './orderRow.js';
import { PARCEL_COLUMNS } from './parcelRow.js';
import { TIMELINE_INSERT, timelineRows } from './timelineRows.js';
import { applyWideChanges, isWide } from './wideChange.postgres.js';

const byIds = sql<OrderRow>('order.byIds', `SELECT ${orderColumns('$2', '$3')} FROM orders o WHERE o.id = ANY ($1)`);

const oneById = (lines: boolean, timeline: boolean) =>
  sql<OrderRow>(
    `order.byId${lines ? '.lines' : ''}${timeline ? '.timeline' : ''}`,
    `SELECT ${orderColumns(String(lines), String(timeline))} FROM orders o WHERE o.id = $1`,
  );

/**
 * As `byIds` of one, a statement per choice of parts: Postgres plans each once. A list, or parts that are parameters, it plans anew
 * each time, because a plan without what is not asked for looks cheaper; that takes three times as long as the reading.
 */
const byId = {
  plain: oneById(false, false),
  lines: oneById(true, false),
  timeline: oneById(false, true),
  both: oneById(true, true),
};
const choiceOf = ({ lines, timeline }: OrderParts): keyof typeof byId =>
  lines ? (timeline ? 'both' : 'lines') : timeline ? 'timeline' : 'plain';

const byIdsWithParcels = sql<OrderRow>(
  'order.byIdsWithParcels',
  `SELECT ${orderColumns('$2', '$3')}, ${PARCEL_COLUMNS} FROM orders o WHERE o.id = ANY ($1)`,
);

const forEvent = sql<OrderRow & { applied: boolean }>(
  'order.forEvent',
  `SELECT ${orderColumns('false', 'false')},
     EXISTS (SELECT 1 FROM processed_event WHERE event_id = $2 AND consumer = 'order') AS applied
   FROM orders o WHERE o.id = $1`,
);

const overdue = sql<OrderRow>(
  'order.overdue',
  `SELECT ${orderColumns('false', 'false')} FROM orders o
   WHERE o.status = 'PENDING_PAYMENT' AND o.payment_due_at <= now() ORDER BY o.payment_due_at LIMIT $1`,
);

type PageRow = OrderRow & { page_customer: string; total: number | null };

/** $1 customers, $2 limit, $3 lines, $4 timeline, $5 status, $6 and $7 the cursor, $8 total. */
const ofCustomers = sql<PageRow>(
  'order.ofCustomers',
  `SELECT c.id AS page_customer, page.*,
     CASE WHEN $8 THEN (SELECT count(*) FROM orders t WHERE t.customer_id = c.id AND ($5::text IS NULL OR t.status = $5)) END AS total
   FROM unnest($1::text[]) AS c(id)
   LEFT JOIN LATERAL (
     SELECT ${orderColumns('$3', '$4')} FROM orders o
     WHERE o.customer_id = c.id AND ($5::text IS NULL OR o.status = $5)
       AND ($6::timestamptz IS NULL OR (o.placed_at, o.id) < ($6::timestamptz, $7::text))
     ORDER BY o.placed_at DESC, o.id DESC LIMIT $2) AS page ON true`,
);

/** The same for a history that is searched: $9 the filter. Found by the customer first, so that no other index is needed. */
const MATCHES = (o: string): string => `(f.fulfillment_status IS NULL OR ${o}.fulfillment_status = f.fulfillment_status)
  AND (f.search IS NULL OR starts_with(${o}.number, upper(f.search)) OR lower(${o}.email) = lower(f.search)
    OR EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = ${o}.id AND l.sku = f.search))
  AND (f.placed_after IS NULL OR ${o}.placed_at >= f.placed_after) AND (f.placed_before IS NULL OR ${o}.placed_at < f.placed_before)
  AND (f.total_from IS NULL OR ${o}.total_cents >= f.total_from) AND (f.total_to IS NULL OR ${o}.total_cents <= f.total_to)
  AND (f.currency_code IS NULL OR ${o}.currency_code = f.currency_code)`;
const ofCustomersMatching = sql<PageRow>(
  'order.ofCustomersMatching',
  `SELECT c.id AS page_customer, page.*,
     CASE WHEN $8 THEN (SELECT count(*) FROM orders t
       WHERE t.customer_id = c.id AND ($5::text IS NULL OR t.status = $5) AND ${MATCHES('t')}) END AS total
   FROM unnest($1::text[]) AS c(id)
   CROSS JOIN jsonb_to_record($9::jsonb) AS f(fulfillment_status text, search text, placed_after timestamptz,
     placed_before timestamptz, total_from bigint, total_to bigint, currency_code text)
   LEFT JOIN LATERAL (
     SELECT ${orderColumns('$3', '$4')} FROM orders o
     WHERE o.customer_id = c.id AND ($5::text IS NULL OR o.status = $5) AND ${MATCHES('o')}
       AND ($6::timestamptz IS NULL OR (o.placed_at, o.id) < ($6::timestamptz, $7::text))
     ORDER BY o.placed_at DESC, o.id DESC LIMIT $2) AS page ON true`,
);

const matching = (filter: NonNullable<CustomerOrdersRequest['filter']>): string =>
  JSON.stringify({
    fulfillment_status: filter.fulfillmentStatus,
    search: filter.search?.trim() || undefined,
    placed_after: filter.placedAfter,
    placed_before: filter.placedBefore,
    total_from: filter.totalFromCents,
    total_to: filter.totalToCents,
    currency_code: filter.currencyCode,
  });

/** $1 changes, $2 timeline, $3 outbox, $4 the event that caused them or null. */
const applyChanges = sql<{ id: string }>(
  'order.apply',
  `WITH changed AS (
     UPDATE orders o SET status = c.status, payment_id = c.payment_id, confirmed_at = c.confirmed_at, expired_at = c.expired_at,
       cancelled_at = c.cancelled_at, cancel_reason = c.cancel_reason, cancel_key = c.cancel_key, version = c.version
     FROM jsonb_to_recordset($1::jsonb) AS c(id text, read_version int, version int, status text, payment_id text,
       confirmed_at timestamptz, expired_at timestamptz, cancelled_at timestamptz, cancel_reason text, cancel_key text)
     WHERE o.id = c.id AND o.version = c.read_version
     RETURNING o.id),
   timeline AS (${TIMELINE_INSERT('$2')} WHERE entry.order_id IN (SELECT id FROM changed)),
   outbox AS (${OUTBOX_INSERT('$3')} WHERE event.aggregate_id IN (SELECT id FROM changed)),
   inbox AS (
     INSERT INTO processed_event (event_id, consumer) SELECT $4, 'order' FROM changed WHERE $4::text IS NOT NULL)
   SELECT id FROM changed`,
);

/** Orders in Postgres: each method is one named statement; a change that reaches beyond the order's row is a transaction. */
export function createOrderStore(database: Database): OrderStore {
  return {
    async byIds(ids, parts) {
      const [only] = ids;
      const rows =
        parts.parcels || ids.length !== 1
          ? await database.query(parts.parcels ? byIdsWithParcels : byIds, [ids, parts.lines, parts.timeline])
          : await database.query(byId[choiceOf(parts)], [only]);
      const found = new Map(rows.map((row) => [row.id, orderOf(row)]));
      return ids.map((id) => found.get(id));
    },
    async ofCustomers(customerIds, request) {
      const params = ofCustomersParams(customerIds, request);
      const rows =
        request.filter === null
          ? await database.query(ofCustomers, params)
          : await database.query(ofCustomersMatching, [...params, matching(request.filter)]);
      return customerIds.map((customerId) => {
        const mine = rows.filter((row) => row.page_customer === customerId);
        const orders = mine.filter((row) => row.id !== null).map(orderOf);
        return {
          orders: orders.slice(0, request.first),
          hasNextPage: orders.length > request.first,
          totalCount: mine[0]?.total ?? undefined,
        };
      });
    },
    async forEvent(orderId, eventId) {
      const [row] = await database.query(forEvent, [orderId, eventId]);
      return row === undefined ? { order: undefined, applied: false } : { order: orderOf(row), applied: row.applied };
    },
    async overdue(limit) {
      return (await database.query(overdue, [limit])).map(orderOf);
    },
    async apply(changes, causedBy) {
      await failpoint('order.apply.before');
      const write = changes.some(isWide) ? applyWideChanges : applyNarrowChanges;
      const changed = await write(database, changes, causedBy ?? null);
      await failpoint('order.apply.after');
      return changed;
    },
  };
}

async function applyNarrowChanges(
  database: Database,
  changes: readonly OrderChange[],
  causedBy: string | null,
): Promise<ReadonlySet<string>> {
  const published = [
    ...changes.flatMap((change) => change.published),
    ...auditRecords(changes.map(({ after }) => after.id)),
  ];
  const rows = await database.query(applyChanges, [
    JSON.stringify(changes.map(changeRow)),
    JSON.stringify(changes.flatMap((change) => timelineRows(change.after.id, change.timeline))),
    outboxRows(published, database),
    causedBy,
  ]);
  const changed = new Set(rows.map((row) => row.id));
  handOver(
    database,
    published.filter((event) => changed.has(event.aggregateId)),
  );
  return changed;
}

function ofCustomersParams(customerIds: readonly string[], request: CustomerOrdersRequest): unknown[] {
  const { first, lines, timeline, status, after, totalCount } = request;
  return [customerIds, first + 1, lines, timeline, status, after?.placedAt ?? null, after?.id ?? null, totalCount];
}

function changeRow({ before, after }: OrderChange) {
  return {
    id: after.id,
    read_version: before.version,
    version: after.version,
    status: after.status,
    payment_id: after.paymentId,
    confirmed_at: after.confirmedAt,
    expired_at: after.expiredAt,
    cancelled_at: after.cancelledAt,
    cancel_reason: after.cancelReason,
    cancel_key: after.cancelKey,
  };
}
