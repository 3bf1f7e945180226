import { type EventEnvelope, events, newEvent } from '@souk/events';
import { type Database, openDatabase, sql } from '@souk/postgres';
import { createLogger } from '@souk/runtime';
import { appendEvents } from '../src/index.js';

export const logger = createLogger('outbox-test', process.env.TEST_LOG_LEVEL ?? 'silent');

/** What a consumer's effect is in these tests: one row per time that it was applied. */
export const APPLIED_TABLE =
  'CREATE TABLE applied (event_id text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());';

export const insertApplied = sql<never>('test.applied', 'INSERT INTO applied (event_id) VALUES ($1)');
const selectApplied = sql<{ event_id: string }>('test.selectApplied', 'SELECT event_id FROM applied ORDER BY event_id');
const selectOutbox = sql<OutboxRow>(
  'test.outbox',
  'SELECT id, pending, sends, settled_at IS NOT NULL AS settled, next_send_at FROM outbox_event ORDER BY id',
);

export interface OutboxRow {
  id: string;
  pending: string[];
  sends: number;
  settled: boolean;
  next_send_at: Date;
}

export const open = (url: string): Database => openDatabase({ url, service: 'order', logger, maxConnections: 10 });
export const appliedIn = async (database: Database) => (await database.query(selectApplied)).map((row) => row.event_id);
export const outboxIn = (database: Database) => database.query(selectOutbox);

let numbers = 0;
/** An event of the order service for the payment service alone. */
export function refundRequired(): EventEnvelope {
  numbers += 1;
  return newEvent(events.orderRefundRequired, {
    aggregateId: `ord_${numbers}`,
    sequence: 1,
    data: {
      orderId: `ord_${numbers}`,
      paymentId: `pay_${numbers}`,
      centAmount: 100,
      currencyCode: 'EUR',
      reason: 'TEST',
    },
  });
}

export async function publish(database: Database, count: number): Promise<string[]> {
  const made = Array.from({ length: count }, refundRequired);
  await database.transaction((tx) => appendEvents(tx, made));
  return made.map((event) => event.id).sort();
}
