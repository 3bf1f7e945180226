import { type Database, sql } from '@souk/postgres';
import type { WholeOrders } from '../app/afterSalesPorts.js';
import type { WholeOrder } from '../domain/wholeOrder.js';
import { type OrderRow, orderColumns, orderOf } from './orderRow.js';
import { PARCEL_COLUMNS } from './parcelRow.js';

const WHOLE = `${orderColumns('true', 'false')}, ${PARCEL_COLUMNS}`;

const of = {
  order: sql<OrderRow>('order.whole', `SELECT ${WHOLE} FROM orders o WHERE o.id = $1`),
  fulfillment: sql<OrderRow>(
    'order.wholeOfParcel',
    `SELECT ${WHOLE} FROM orders o WHERE o.id = (SELECT order_id FROM fulfillment WHERE id = $1)`,
  ),
  return: sql<OrderRow>(
    'order.wholeOfReturn',
    `SELECT ${WHOLE} FROM orders o WHERE o.id = (SELECT order_id FROM order_return WHERE id = $1)`,
  ),
};

const completable = sql<OrderRow>(
  'order.completable',
  `SELECT ${WHOLE} FROM orders o
   WHERE o.status = 'CONFIRMED' AND o.fulfillment_status IN ('DELIVERED', 'RETURNED')
     AND (o.fulfillment_status = 'RETURNED' OR o.delivered_at <= $1) AND o.open_edit IS NULL
     AND NOT EXISTS (
       SELECT 1 FROM order_return r WHERE r.order_id = o.id AND r.status IN ('REQUESTED', 'APPROVED', 'RECEIVED'))
   ORDER BY o.delivered_at LIMIT $2`,
);

const lapsedHolds = sql<{ id: string }>(
  'order.lapsedHolds',
  `SELECT id FROM order_return
   WHERE stock_held_until IS NOT NULL AND (stock_held_until <= $1 OR status <> 'APPROVED')
   ORDER BY stock_held_until LIMIT $2`,
);

const byTrackingNumber = sql<{ id: string; carrier: string | null }>(
  'order.byTrackingNumber',
  'SELECT id, carrier FROM fulfillment WHERE tracking_number = $1 ORDER BY id LIMIT 50',
);

/** Whole orders in Postgres: each method is one named statement. */
export function createWholeOrders(database: Database): WholeOrders {
  return {
    async of({ kind, id }) {
      const [row] = await database.query(of[kind], [id]);
      return row && wholeOf(row);
    },
    completable: async (deliveredBefore, limit) =>
      (await database.query(completable, [deliveredBefore, limit])).map(wholeOf),
    lapsedHolds: async (now, limit) => (await database.query(lapsedHolds, [now, limit])).map(({ id }) => id),
    byTrackingNumber: (trackingNumber) => database.query(byTrackingNumber, [trackingNumber]),
  };
}

function wholeOf(row: OrderRow): WholeOrder {
  const { lines = [], fulfillments = [], returns = [], timeline: _, ...order } = orderOf(row);
  return { ...order, lines, fulfillments, returns };
}
