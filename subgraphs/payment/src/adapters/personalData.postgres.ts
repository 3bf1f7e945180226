import { OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import type { PersonalData } from '../app/personalData.js';

const forget = sql<never>(
  'payment.personalData.forget',
  `WITH customers AS (DELETE FROM provider_customer WHERE user_id = $1),
   paying AS (
     UPDATE payment SET save_method = false, version = version + 1, updated_at = now() WHERE customer_id = $1 AND save_method)
   UPDATE payment_method SET brand = NULL, last4 = NULL, exp_month = NULL, exp_year = NULL, is_default = false,
     removed_at = coalesce(removed_at, now()), detach_at = CASE WHEN removed_at IS NULL THEN now() ELSE detach_at END
   WHERE user_id = $1`,
);

const close = sql<{ closed: boolean }>(
  'payment.personalData.close',
  `WITH ready AS (
     SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM payment_method WHERE user_id = $2 AND detach_at IS NOT NULL)),
   inbox AS (
     INSERT INTO processed_event (event_id, consumer) SELECT $1, 'payment' FROM ready ON CONFLICT DO NOTHING RETURNING 1),
   told AS (${OUTBOX_INSERT('$3')} WHERE EXISTS (SELECT 1 FROM inbox))
   SELECT EXISTS (SELECT 1 FROM ready) AS closed`,
);

const exported = sql<{ part: object }>(
  'payment.personalData.exported',
  `SELECT json_build_object(
     'payments', (SELECT coalesce(json_agg(json_build_object('id', p.id, 'orderNumber', p.order_number, 'provider', p.provider,
       'providerReference', p.provider_reference, 'state', p.state, 'currencyCode', p.currency_code, 'amountCents', p.amount_cents,
       'capturedCents', p.captured_cents, 'refundedCents', p.refunded_cents, 'failureCode', p.failure_code, 'createdAt', p.created_at,
       'documents', (SELECT json_agg(json_build_object('number', d.number, 'kind', d.kind, 'issuedAt', d.issued_at, 'billTo', d.model->'billTo',
         'shipTo', d.model->'shipTo', 'totalCents', d.total_cents) ORDER BY d.issued_at)
         FROM payment_document d WHERE d.order_id = p.order_id)) ORDER BY p.created_at DESC, p.id DESC), '[]'::json)
       FROM (SELECT * FROM payment WHERE customer_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2) p),
     'savedMethods', (SELECT coalesce(json_agg(json_build_object('id', m.id, 'provider', m.provider, 'brand', m.brand, 'last4', m.last4,
       'expMonth', m.exp_month, 'expYear', m.exp_year, 'createdAt', m.created_at, 'removedAt', m.removed_at) ORDER BY m.created_at DESC),
       '[]'::json) FROM payment_method m WHERE m.user_id = $1)) AS part`,
);

/** Personal data in the payment service's Postgres: each method is one named statement. */
export function createPersonalData(database: Database): PersonalData {
  return {
    async forget(customerId) {
      await database.query(forget, [customerId]);
    },
    async close(eventId, customerId, published) {
      const [row] = await database.query(close, [eventId, customerId, outboxRows(published)]);
      return row?.closed ?? false;
    },
    async exported(customerId, entries) {
      return (await database.query(exported, [customerId, entries]))[0]?.part ?? {};
    },
  };
}
