import type { Snapshot } from './snapshot.js';

/** What the payments of one order come to, in minor units. */
export interface OrderMoney {
  /** The order's id. */
  readonly key: string;
  readonly captured: number;
  /** Captured in parts of a transfer whose rest is still waited for: the order is not paid yet, and keeps it rightly. */
  readonly awaited: number;
  /** Promised by the customer's bank, and neither captured yet nor given up. */
  readonly authorized: number;
  /** Authorized, and given up by capturing less: what staff have waived, or the order had asked to be given back. */
  readonly waived: number;
  /** Agreed to by the customer, and given up: by staff who captured less, or for lines that were cancelled. */
  readonly released: number;
  /** Taken back by the customer's bank. */
  readonly charged_back: number;
  /** Given back because the order asked for it. */
  readonly compensated: number;
  /** Given back or on its way back, for whatever reason; taken back by the customer's bank. */
  readonly returned: number;
  readonly currencies: readonly string[];
}

/** The money of all orders that have payments, by order. */
export const orderMoney = (snapshot: Snapshot): AsyncIterable<OrderMoney> =>
  snapshot.stream<OrderMoney>(
    'payment',
    `SELECT p.order_id AS key, sum(p.captured_cents) AS captured,
       sum(CASE WHEN p.state = 'PROCESSING' THEN p.captured_cents ELSE 0 END) AS awaited,
       sum(CASE WHEN p.state = 'AUTHORIZED' THEN p.authorized_cents - p.captured_cents - p.released_cents ELSE 0 END) AS authorized,
       sum(CASE WHEN p.capture_method = 'MANUAL' AND p.state = 'CAPTURED' THEN p.released_cents ELSE 0 END) AS waived,
       sum(p.refund_reserved_cents + p.charged_back_cents) AS returned, sum(r.compensated) AS compensated,
       array_agg(DISTINCT p.currency_code) AS currencies
     FROM payment p CROSS JOIN LATERAL (
       SELECT coalesce(sum(amount_cents), 0) AS compensated FROM refund
       WHERE payment_id = p.id AND initiated_by = 'COMPENSATION' AND state <> 'FAILED') AS r
     GROUP BY p.order_id ORDER BY p.order_id COLLATE "C"`,
  );

export interface OrderHead {
  readonly key: string;
  readonly status: string;
  readonly total: number;
  readonly currency: string;
}

/** All orders, by id. */
export const orderHeads = (snapshot: Snapshot): AsyncIterable<OrderHead> =>
  snapshot.stream<OrderHead>(
    'order',
    `SELECT id AS key, status, total_cents AS total, currency_code AS currency FROM orders ORDER BY id COLLATE "C"`,
  );
