import type { DatabaseName } from '@souk/audit/stores';

/** A violation to be planted: statements in one database, and which invariants must report it. */
export interface Plant {
  readonly invariant: string;
  readonly database: DatabaseName;
  readonly sql: readonly string[];
  /** Others that must report it too: the same fact seen from another side. */
  readonly also?: readonly string[];
}

const CONFIRMED = `(SELECT id FROM orders WHERE status = 'CONFIRMED' ORDER BY id LIMIT 1)`;
const EXPIRED = `(SELECT id FROM orders WHERE status = 'EXPIRED' ORDER BY id LIMIT 1)`;
const WHOLE_PAYMENT = `(SELECT id FROM payment WHERE captured_cents > 0 AND refund_reserved_cents = 0 ORDER BY id LIMIT 1)`;
const LATEST_PAYMENT = `(SELECT max(id) FROM payment WHERE captured_cents > 0 AND refund_reserved_cents = 0)`;
const SOLD = `(SELECT order_id FROM reservation WHERE state = 'COMMITTED' ORDER BY order_id LIMIT 1)`;
const NO_LEDGER_GUARD = 'ALTER TABLE ledger_entry DISABLE TRIGGER ALL';

/** One for each invariant, and several where it has several sides. */
export const plants: readonly Plant[] = [
  {
    invariant: 'ledger-balances',
    database: 'payment',
    sql: [
      NO_LEDGER_GUARD,
      // Two entries that belong together are told apart: neither transaction balances, the accounts' sums stay.
      `UPDATE ledger_entry SET transaction_id = transaction_id || ':half'
       WHERE id = (SELECT id FROM ledger_entry WHERE account = 'orders' ORDER BY id LIMIT 1)`,
    ],
    also: ['money-has-documents'],
  },
  {
    invariant: 'ledger-matches-payments',
    database: 'payment',
    sql: [
      NO_LEDGER_GUARD,
      `UPDATE ledger_entry SET amount_cents = amount_cents * 2 WHERE transaction_id =
         (SELECT transaction_id FROM ledger_entry WHERE transaction_id LIKE 'capture:%' ORDER BY id LIMIT 1)`,
    ],
  },
  {
    invariant: 'refunds-within-captured',
    database: 'payment',
    sql: [
      `UPDATE refund SET state = 'PENDING' WHERE id = (SELECT id FROM refund WHERE initiated_by = 'STAFF' LIMIT 1)`,
    ],
  },
  {
    invariant: 'orders-paid-in-full',
    database: 'order',
    sql: [
      `UPDATE orders SET shipping_cents = shipping_cents + 1, total_cents = total_cents + 1 WHERE id = ${CONFIRMED}`,
    ],
  },
  {
    invariant: 'no-money-kept-for-nothing',
    database: 'payment',
    // The refund of the cancelled order never happened, on our side; the provider knows of it.
    sql: [
      NO_LEDGER_GUARD,
      "CREATE TEMP TABLE undone AS SELECT id, payment_id, amount_cents FROM refund WHERE initiated_by = 'COMPENSATION' LIMIT 1",
      'DELETE FROM ledger_entry WHERE refund_id IN (SELECT id FROM undone)',
      `UPDATE payment p SET refunded_cents = refunded_cents - u.amount_cents, refund_reserved_cents = refund_reserved_cents - u.amount_cents
       FROM undone u WHERE p.id = u.payment_id`,
      'DELETE FROM refund WHERE id IN (SELECT id FROM undone)',
    ],
    also: ['payments-match-provider'],
  },
  {
    invariant: 'payments-have-orders',
    database: 'order',
    sql: [`UPDATE orders SET payment_id = 'pay_of_somebody_else' WHERE id = ${CONFIRMED}`],
  },
  {
    invariant: 'payments-match-provider',
    database: 'payment',
    sql: [
      NO_LEDGER_GUARD,
      // We believe in a refund that the provider does not know.
      `INSERT INTO refund (id, payment_id, currency_code, amount_cents, state, initiated_by, provider)
       SELECT 'ref_planted', id, currency_code, 7, 'SUCCEEDED', 'STAFF', provider FROM payment WHERE id = ${WHOLE_PAYMENT}`,
      `INSERT INTO ledger_entry (id, transaction_id, payment_id, refund_id, account, currency_code, amount_cents)
       SELECT 'led_planted' || side, 'refund:ref_planted', id, 'ref_planted', account, currency_code, cents FROM payment,
         (VALUES (1, 'orders', 7), (2, 'provider:stripe', -7)) AS e(side, account, cents) WHERE payment.id = ${WHOLE_PAYMENT}`,
      `UPDATE payment SET refunded_cents = 7, refund_reserved_cents = 7 WHERE id = (SELECT payment_id FROM refund WHERE id = 'ref_planted')`,
    ],
    also: ['money-has-documents'],
  },
  {
    invariant: 'one-live-intent-per-purpose',
    database: 'payment',
    // The payment forgets its intent: at the provider it is live, and nobody's.
    sql: [`UPDATE payment SET provider_reference = 'pi_other', provider = 'stripe' WHERE id = ${LATEST_PAYMENT}`],
    also: ['payments-match-provider'],
  },
  {
    invariant: 'open-money-is-followed',
    database: 'payment',
    // Nobody will ever ask how this capture has ended.
    sql: [
      `INSERT INTO capture (id, payment_id, amount_cents, final, state, request_key, input_hash, captured_before_cents)
       VALUES ('cap_planted', ${WHOLE_PAYMENT}, 1, true, 'PENDING', 'k', 'h', 0)`,
    ],
  },
  {
    invariant: 'documents-have-no-gaps',
    database: 'payment',
    sql: [
      'ALTER TABLE payment_document DISABLE TRIGGER ALL',
      'ALTER TABLE document_file DISABLE TRIGGER ALL',
      `DELETE FROM payment_document WHERE sequence = 1 AND kind = 'RECEIPT'`,
    ],
  },
  {
    invariant: 'documents-add-up',
    database: 'payment',
    sql: [
      'ALTER TABLE payment_document DISABLE TRIGGER ALL',
      `UPDATE payment_document SET total_cents = total_cents + 1 WHERE kind = 'INVOICE' AND sequence = 1`,
    ],
  },
  {
    invariant: 'money-has-documents',
    database: 'payment',
    sql: [
      `DELETE FROM document_request WHERE source = (SELECT max(source) FROM document_request WHERE kind = 'RECEIPT')`,
    ],
  },
  {
    invariant: 'money-has-documents',
    database: 'payment',
    sql: [
      `UPDATE document_request SET document_id = NULL, attempt_at = now(), created_at = created_at - interval '1 hour'
       WHERE source = (SELECT max(source) FROM document_request WHERE kind = 'INVOICE')`,
    ],
  },
  {
    invariant: 'webhooks-are-processed',
    database: 'payment',
    sql: [
      `UPDATE webhook_event SET status = 'FAILED', attempt_at = NULL WHERE id = (SELECT id FROM webhook_event ORDER BY id LIMIT 1)`,
    ],
  },
  {
    invariant: 'webhooks-are-processed',
    database: 'payment',
    sql: [
      `UPDATE webhook_event SET status = 'RECEIVED', attempt_at = now(), received_at = now() - interval '1 day'
       WHERE id = (SELECT id FROM webhook_event ORDER BY id LIMIT 1)`,
    ],
  },
  {
    invariant: 'reserved-is-sum-of-reservations',
    database: 'product',
    sql: [`UPDATE inventory SET reserved = reserved + 1 WHERE variant_id = (SELECT min(variant_id) FROM inventory)`],
  },
  {
    invariant: 'on-hand-is-sum-of-movements',
    database: 'product',
    sql: [`UPDATE inventory SET on_hand = on_hand + 1 WHERE variant_id = (SELECT min(variant_id) FROM inventory)`],
  },
  {
    invariant: 'stock-is-never-oversold',
    database: 'product',
    sql: [
      'ALTER TABLE inventory DROP CONSTRAINT inventory_counts',
      `UPDATE inventory SET sold = -1 WHERE variant_id = (SELECT min(variant_id) FROM inventory)`,
    ],
  },
  {
    invariant: 'sales-match-reservations',
    database: 'product',
    // Sold twice: the second sale is hidden from on hand by a correction.
    sql: [
      'DROP INDEX stock_movement_sale_once',
      `INSERT INTO stock_movement (variant_id, type, quantity, order_id, actor)
       SELECT variant_id, 'SALE', -1, order_id, 'test' FROM reservation WHERE order_id = ${SOLD} LIMIT 1`,
      `INSERT INTO stock_movement (variant_id, type, quantity, reason, actor)
       SELECT variant_id, 'ADJUSTMENT', 1, 'CORRECTION', 'test' FROM reservation WHERE order_id = ${SOLD} LIMIT 1`,
    ],
  },
  {
    invariant: 'confirmed-orders-have-stock',
    database: 'product',
    // As if the commit had never come and the stock had been given back.
    sql: [
      `DELETE FROM stock_movement WHERE order_id = ${SOLD}`,
      `UPDATE inventory i SET on_hand = on_hand + r.quantity, sold = sold - r.quantity FROM reservation r
       WHERE r.order_id = ${SOLD} AND r.variant_id = i.variant_id`,
      `UPDATE reservation SET state = 'RELEASED' WHERE order_id = ${SOLD}`,
    ],
  },
  {
    invariant: 'no-orphan-reservations',
    database: 'product',
    sql: [
      `INSERT INTO reservation (order_id, variant_id, quantity, state, expires_at, reserved_at)
       SELECT 'ord_of_nobody', min(variant_id), 1, 'ACTIVE', now() + interval '1 day', now() FROM inventory`,
      `UPDATE inventory SET reserved = reserved + 1 WHERE variant_id = (SELECT min(variant_id) FROM inventory)`,
    ],
  },
  {
    invariant: 'no-orphan-reservations',
    database: 'product',
    // An exchange of a return that nobody knows, sold.
    sql: [
      `INSERT INTO reservation (order_id, variant_id, quantity, state, expires_at, reserved_at, settled_at)
       SELECT 'rtn_of_nobody', min(variant_id), 1, 'COMMITTED', now(), now(), now() FROM inventory`,
      `INSERT INTO stock_movement (variant_id, type, quantity, order_id, actor)
       SELECT min(variant_id), 'SALE', -1, 'rtn_of_nobody', 'test' FROM inventory`,
      `UPDATE inventory SET on_hand = on_hand - 1 WHERE variant_id = (SELECT min(variant_id) FROM inventory)`,
    ],
  },
  {
    invariant: 'confirmed-orders-have-stock',
    database: 'order',
    // An exchange that was promised under a stock id that holds nothing.
    sql: [
      `INSERT INTO order_line (id, order_id, position, variant_id, product_name, sku, quantity, unit_price_cents, discount_cents,
         tax_cents, total_cents, exchange_of)
       SELECT 'oln_x', id, 99, 'var_x', 'x', 'x', 1, 0, 0, 0, 0, 'rtn_x' FROM orders WHERE id = ${CONFIRMED}`,
      `UPDATE orders SET extra_stock_ids = '{rtn_x}' WHERE id = ${CONFIRMED}`,
    ],
  },
  {
    invariant: 'parcels-match-lines',
    database: 'order',
    // Counted as shipped, but in no parcel.
    sql: [
      `UPDATE order_line SET quantity_fulfilled = quantity WHERE order_id = ${CONFIRMED}`,
      `UPDATE orders SET fulfillment_status = 'FULFILLED' WHERE id = ${CONFIRMED}`,
    ],
  },
  {
    invariant: 'fulfillment-follows-lines',
    database: 'order',
    sql: [`UPDATE orders SET fulfillment_status = 'DELIVERED', delivered_at = now() WHERE id = ${CONFIRMED}`],
  },
  {
    invariant: 'returns-within-total',
    database: 'order',
    sql: [
      `INSERT INTO order_return (id, order_id, number, status, reason, key, input_hash, refund_cents, requested_at, ended_at)
       SELECT 'rtn_x', id, 'x-R1', 'CLOSED', 'OTHER', 'k', 'h', 1, now(), now() FROM orders WHERE id = ${CONFIRMED}`,
    ],
  },
  {
    invariant: 'returns-are-paid',
    database: 'payment',
    // Paid back, but for another return.
    sql: [`UPDATE refund SET return_id = 'rtn_of_nobody' WHERE return_id IS NOT NULL`],
  },
  {
    invariant: 'open-edits-hold-stock',
    database: 'product',
    sql: [
      `UPDATE inventory i SET reserved = i.reserved - r.quantity FROM reservation r
       WHERE r.state = 'ACTIVE' AND r.order_id LIKE 'oed%' AND r.variant_id = i.variant_id`,
      `UPDATE reservation SET state = 'RELEASED', settled_at = now() WHERE state = 'ACTIVE' AND order_id LIKE 'oed%'`,
    ],
  },
  {
    invariant: 'one-order-per-key',
    database: 'order',
    sql: [`DELETE FROM placement WHERE order_id = ${EXPIRED}`],
  },
  {
    invariant: 'one-order-per-key',
    database: 'order',
    sql: [
      `INSERT INTO placement (scope, key, input_hash, input, order_id, step, run_token, lease_until, traceparent, correlation_id)
       VALUES ('cart:x', 'lost-order', 'h', '{}', 'ord_lost', 'PLACED', 't', now(), '', '')`,
    ],
  },
  {
    invariant: 'no-stuck-sagas',
    database: 'order',
    sql: [
      `INSERT INTO placement (scope, key, input_hash, input, order_id, step, run_token, lease_until, traceparent, correlation_id)
       VALUES ('cart:x', 'stuck', 'h', '{}', 'ord_stuck', 'RUNNING', 't', now() - interval '1 hour', '', '')`,
    ],
  },
  {
    invariant: 'no-stuck-sagas',
    database: 'order',
    sql: [`UPDATE order_edit SET due_at = now() - interval '1 hour' WHERE state = 'AWAITING_PAYMENT'`],
  },
  {
    invariant: 'no-overdue-orders',
    database: 'order',
    sql: [
      `UPDATE orders SET status = 'PENDING_PAYMENT', expired_at = NULL, payment_due_at = now() - interval '1 hour' WHERE id = ${EXPIRED}`,
      `DELETE FROM order_event WHERE type = 'EXPIRED'`,
    ],
  },
  {
    invariant: 'totals-add-up',
    database: 'order',
    sql: [`UPDATE order_line SET unit_price_cents = unit_price_cents + 1 WHERE id = (SELECT min(id) FROM order_line)`],
  },
  {
    invariant: 'legal-transitions-only',
    database: 'order',
    // Cancelled after it had expired: no such step.
    sql: [
      `INSERT INTO order_event (id, order_id, type, actor, trace_id) SELECT 'oev_planted', id, 'CANCELLED', 'test', ''
       FROM orders WHERE id = ${EXPIRED}`,
      `UPDATE orders SET status = 'CANCELLED' WHERE id = ${EXPIRED}`,
    ],
  },
  {
    invariant: 'events-follow-versions',
    database: 'order',
    sql: [
      `UPDATE outbox_event SET sequence = 99 WHERE id = (SELECT min(id) FROM outbox_event WHERE type = 'order.placed')`,
    ],
  },
  {
    invariant: 'carts-match-orders',
    database: 'cart',
    sql: [`UPDATE cart SET status = 'ACTIVE' WHERE id = (SELECT min(id) FROM cart WHERE status = 'COMPLETED')`],
  },
  {
    invariant: 'coupons-within-limits',
    database: 'cart',
    sql: [`UPDATE promotion SET times_used = times_used + 1`],
  },
  {
    invariant: 'coupon-uses-have-orders',
    database: 'cart',
    sql: [`UPDATE promotion_use SET order_id = 'ord_of_nobody'`],
  },
  {
    invariant: 'events-are-settled',
    database: 'order',
    sql: [
      `UPDATE outbox_event SET settled_at = NULL, pending = '{product}', occurred_at = now() - interval '1 hour'
       WHERE id = (SELECT min(id) FROM outbox_event WHERE type = 'order.confirmed')`,
    ],
  },
  {
    invariant: 'events-applied-by-each-consumer',
    database: 'notification',
    sql: [`DELETE FROM processed_event WHERE event_id = (SELECT max(event_id) FROM processed_event)`],
  },
  {
    invariant: 'messages-are-sent',
    database: 'notification',
    sql: [
      `UPDATE delivery SET state = 'QUEUED', sent_at = NULL, next_attempt_at = now() - interval '1 hour'
       WHERE id = (SELECT min(id) FROM delivery WHERE state = 'SENT')`,
    ],
  },
  {
    invariant: 'one-mail-per-event',
    database: 'notification',
    sql: [
      `UPDATE delivery SET id = 'ntf_never_sent' WHERE id = (SELECT min(id) FROM delivery WHERE state = 'SENT' AND channel = 'EMAIL')`,
    ],
  },
];
