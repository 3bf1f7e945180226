import type { ChaosShop } from './shop/chaosShop.js';

type Plant = (shop: ChaosShop) => Promise<void>;

async function tamper(shop: ChaosShop, database: 'order' | 'payment' | 'product', text: string): Promise<void> {
  const rows = await shop.databases.query(database, text);
  if (rows.length === 0) throw new Error('there was nothing to plant the bug in');
}

/** Bugs that a run must find: each changes one row of a shop at rest, as that bug would have. */
export const PLANTS = {
  /** Money went back twice: the provider knows of a refund that we do not. */
  async 'double-refund'(shop) {
    const [payment] = await shop.databases.query<{ reference: string }>(
      'payment',
      `SELECT provider_reference AS reference FROM payment WHERE state = 'CAPTURED' AND refunded_cents = 0 LIMIT 1`,
    );
    if (payment === undefined) throw new Error('there was nothing to plant the bug in');
    // its webhook must not tell us
    await fetch(`${shop.standIns}/control/webhooks`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ paused: true }),
    });
    const response = await fetch(`${shop.standIns}/control/payment_intents/${payment.reference}/refund`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ amount: 100 }),
    });
    if (!response.ok) throw new Error(`the provider refused the planted refund: ${response.status}`);
  },
  /** An order was confirmed and its customer has paid, and the order is gone. */
  'lost-order': (shop) =>
    tamper(
      shop,
      'order',
      `UPDATE orders SET status = 'PENDING_PAYMENT', payment_due_at = now() + interval '1 hour', confirmed_at = NULL
      WHERE id = (SELECT id FROM orders WHERE status = 'CONFIRMED' LIMIT 1) RETURNING id`,
    ),
  /** Units are held for an order that has ended. */
  'orphan-reservation': (shop) =>
    tamper(
      shop,
      'product',
      `WITH gone AS (SELECT order_id, variant_id, quantity FROM reservation WHERE state IN ('RELEASED', 'CANCELLED') LIMIT 1),
      held AS (UPDATE inventory i SET reserved = i.reserved + gone.quantity FROM gone WHERE i.variant_id = gone.variant_id)
      UPDATE reservation r SET state = 'ACTIVE', settled_at = NULL FROM gone
      WHERE r.order_id = gone.order_id AND r.variant_id = gone.variant_id RETURNING r.order_id`,
    ),
} as const satisfies Readonly<Record<string, Plant>>;
