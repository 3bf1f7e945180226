import type { Snapshot } from './snapshot.js';

/**
 * Orders of which an event is on its way: what other services do about it has not happened yet. As many as the outboxes' backlog, which
 * is small; and a backlog that stays is reported by itself (events-are-settled).
 */
export function ordersInFlight(snapshot: Snapshot): Promise<ReadonlySet<string>> {
  return snapshot.once('orders in flight', async () => {
    const text = `SELECT DISTINCT coalesce(data->>'orderId', aggregate_id) AS id FROM outbox_event WHERE settled_at IS NULL`;
    const both = await Promise.all([
      snapshot.query<{ id: string }>('order', text),
      snapshot.query<{ id: string }>('payment', text),
    ]);
    return new Set(both.flat().map(({ id }) => id));
  });
}
