import type { DatabaseName, Databases } from '../shop/databases.js';

/** Something that happened to an order, as one store tells it. */
interface Moment {
  readonly at: Date;
  readonly where: string;
  readonly what: string;
}

/** `$1` is the order. Each query answers `at`, `what`. No names, no addresses: a history may be pasted into an issue. */
const SOURCES: readonly (readonly [where: string, database: DatabaseName, query: string])[] = [
  [
    'saga',
    'order',
    `SELECT created_at AS at, 'claimed' AS what FROM placement WHERE order_id = $1
    UNION ALL SELECT updated_at, step || ', attempts ' || attempts || coalesce(', ' || (refusal->'errors'->0->>'code'), '') FROM placement WHERE order_id = $1`,
  ],
  [
    'order',
    'order',
    `SELECT created_at AS at, type || coalesce(' ' || data::text, '') || ' by ' || actor AS what FROM order_event WHERE order_id = $1`,
  ],
  [
    'order now',
    'order',
    `SELECT now() AS at, status || ', version ' || version || ', total ' || total_cents AS what FROM orders WHERE id = $1`,
  ],
  [
    'outbox of order',
    'order',
    `SELECT occurred_at AS at, type || ' ' || id || ', sent ' || sends || 'x, ' || coalesce('settled ' || settled_at, 'pending: ' || pending::text) AS what
    FROM outbox_event WHERE aggregate_id = $1 OR data->>'orderId' = $1`,
  ],
  [
    'applied by order',
    'order',
    `SELECT processed_at AS at, event_id AS what FROM processed_event WHERE event_id = ANY ($2)`,
  ],
  [
    'checkout',
    'cart',
    `SELECT created_at AS at, 'cart ' || coalesce(cart_id, 'none') || coalesce(', released ' || released_at, '') AS what FROM cart_checkout WHERE order_id = $1`,
  ],
  [
    'coupon',
    'cart',
    `SELECT created_at AS at, promotion_id || coalesce(', released ' || released_at, '') AS what FROM promotion_use WHERE order_id = $1`,
  ],
  [
    'reservation',
    'product',
    `SELECT reserved_at AS at, variant_id || ' x' || quantity || ' ' || state || coalesce(', settled ' || settled_at, '') AS what FROM reservation WHERE order_id = $1`,
  ],
  [
    'closed',
    'product',
    `SELECT closed_at AS at, 'no reservation any more' AS what FROM closed_order WHERE order_id = $1`,
  ],
  [
    'stock',
    'product',
    `SELECT created_at AS at, type || ' ' || quantity || ' of ' || variant_id || ' by ' || actor AS what FROM stock_movement WHERE order_id = $1`,
  ],
  [
    'applied by product',
    'product',
    `SELECT processed_at AS at, event_id AS what FROM processed_event WHERE event_id = ANY ($2)`,
  ],
  [
    'payment',
    'payment',
    `SELECT e.created_at AS at, e.type || coalesce(' ' || e.amount_cents, '') || coalesce(' ' || e.provider_event_id, '') AS what
    FROM payment_event e JOIN payment p ON p.id = e.payment_id WHERE p.order_id = $1`,
  ],
  [
    'payment now',
    'payment',
    `SELECT now() AS at, id || ' ' || state || ', amount ' || amount_cents || ', captured ' || captured_cents || ', refunded ' || refunded_cents
      || ' of ' || refund_reserved_cents || coalesce(', ' || provider_reference, '') || coalesce(', reconciled at ' || reconcile_at, '') AS what FROM payment WHERE order_id = $1`,
  ],
  [
    'refund',
    'payment',
    `SELECT r.created_at AS at, r.id || ' ' || r.state || ' ' || r.amount_cents || ' ' || r.initiated_by AS what FROM refund r JOIN payment p ON p.id = r.payment_id WHERE p.order_id = $1`,
  ],
  [
    'ledger',
    'payment',
    `SELECT l.created_at AS at, l.account || ' ' || l.amount_cents AS what FROM ledger_entry l JOIN payment p ON p.id = l.payment_id WHERE p.order_id = $1`,
  ],
  [
    'webhook',
    'payment',
    `SELECT w.received_at AS at, w.type || ' ' || w.provider_event_id || ' ' || w.status || ', attempts ' || w.attempts || coalesce(', ' || w.last_error, '') AS what
    FROM webhook_event w WHERE EXISTS (SELECT 1 FROM payment p WHERE p.order_id = $1 AND p.provider_reference IS NOT NULL AND w.payload::text LIKE '%' || p.provider_reference || '%')`,
  ],
  [
    'outbox of payment',
    'payment',
    `SELECT occurred_at AS at, type || ' ' || id || ', sent ' || sends || 'x, ' || coalesce('settled ' || settled_at, 'pending: ' || pending::text) AS what
    FROM outbox_event WHERE data->>'orderId' = $1`,
  ],
  [
    'applied by payment',
    'payment',
    `SELECT processed_at AS at, event_id AS what FROM processed_event WHERE event_id = ANY ($2)`,
  ],
  [
    'message',
    'notification',
    `SELECT created_at AS at, template || ' ' || channel || ' ' || state || ', attempts ' || attempts || coalesce(', sent ' || sent_at, '') || coalesce(', ' || last_error, '') || ' for ' || event_id AS what
    FROM delivery WHERE order_id = $1`,
  ],
];

/** Everything that all services and the provider know about an order, in the order in which it happened. */
export async function historyOf(orderId: string, databases: Databases, standIns: string): Promise<string[]> {
  const events = await eventsOf(orderId, databases);
  const moments = await Promise.all([
    ...SOURCES.map(async ([where, database, query]): Promise<Moment[]> => {
      const values = query.includes('$2') ? [events] : [orderId];
      const text = query.replaceAll('$2', '$1');
      try {
        const rows = await databases.query<{ at: Date; what: string }>(database, text, values);
        return rows.map(({ at, what }) => ({ at, where, what }));
      } catch (error) {
        return [
          { at: new Date(), where, what: `could not be read: ${error instanceof Error ? error.message : 'unknown'}` },
        ];
      }
    }),
    providerMoments(orderId, databases, standIns).catch(() => []),
  ]);
  return moments
    .flat()
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ at, where, what }) => `  ${at.toISOString().slice(11, 23)}  ${where.padEnd(19)} ${what}`);
}

async function eventsOf(orderId: string, databases: Databases): Promise<string[]> {
  const query = `SELECT id FROM outbox_event WHERE aggregate_id = $1 OR data->>'orderId' = $1`;
  const found = await Promise.all(
    (['order', 'payment'] as const).map((name) => databases.query<{ id: string }>(name, query, [orderId])),
  );
  return found.flat().map(({ id }) => id);
}

async function providerMoments(orderId: string, databases: Databases, standIns: string): Promise<Moment[]> {
  const payments = await databases.query<{ reference: string }>(
    'payment',
    'SELECT provider_reference AS reference FROM payment WHERE order_id = $1 AND provider_reference IS NOT NULL',
    [orderId],
  );
  const found = await Promise.all(
    payments.map(async ({ reference }) => {
      const response = await fetch(`${standIns}/control/events?about=${reference}&limit=200`);
      const { events } = (await response.json()) as {
        events: { id: string; type: string; created: number; state: string; attempts: unknown[] }[];
      };
      return events.map(({ id, type, created, state }) => ({
        at: new Date(created * 1_000),
        where: 'provider',
        what: `${type} ${id}, ${state}`,
      }));
    }),
  );
  return found.flat();
}
