import { type Database, sql } from '@souk/postgres';

const settle = sql<never>(
  'test.settle',
  `UPDATE outbox_event SET pending = '{}', settled_at = now() WHERE aggregate_id = $1 AND settled_at IS NULL`,
);

/** Settles everything that was published about an aggregate, as its consumers' acknowledgements do. */
export async function settleOf(database: Database, aggregateId: string): Promise<void> {
  await database.query(settle, [aggregateId]);
}

const longAgo = sql<never>(
  'test.expiredLongAgo',
  `UPDATE orders SET expired_at = now() - interval '61 minutes' WHERE id = $1`,
);

/** As if an order had expired an hour ago. */
export async function expiredLongAgo(database: Database, orderId: string): Promise<void> {
  await database.query(longAgo, [orderId]);
}
