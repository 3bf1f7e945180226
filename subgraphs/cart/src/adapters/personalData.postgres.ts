import { INBOX_CLAIM, OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import type { PersonalData } from '../app/personalData.js';

/** Two deletions, since each has its index. */
const eraseCustomer = sql<never>(
  'cart.personalData.eraseCustomer',
  `WITH ${INBOX_CLAIM('$1', "'cart'")},
   active AS (DELETE FROM cart WHERE customer_id = $2 AND status = 'ACTIVE' AND EXISTS (SELECT 1 FROM inbox)),
   ended AS (DELETE FROM cart WHERE customer_id = $2 AND status IN ('MERGED', 'EXPIRED') AND EXISTS (SELECT 1 FROM inbox))
   ${OUTBOX_INSERT('$3')} WHERE EXISTS (SELECT 1 FROM inbox)`,
);

/** Uses of promotions count on, for nobody: a guest's key was made of his e-mail address. */
const eraseOrder = sql<never>(
  'cart.personalData.eraseOrder',
  `WITH ${INBOX_CLAIM('$1', "'cart'")},
   uses AS (
     UPDATE promotion_use SET customer_key = sha256(convert_to(order_id, 'UTF8')) WHERE order_id = $2 AND EXISTS (SELECT 1 FROM inbox)),
   gone AS (DELETE FROM cart WHERE id = $3 AND EXISTS (SELECT 1 FROM inbox))
   DELETE FROM cart_checkout WHERE order_id = $2 AND EXISTS (SELECT 1 FROM inbox)`,
);

const exported = sql<{ part: object }>(
  'cart.personalData.exported',
  `SELECT json_build_object('carts', coalesce(json_agg(json_build_object('id', c.id, 'status', c.status, 'email', c.email,
     'countryCode', c.country_code, 'shippingAddress', c.shipping_address, 'billingAddress', c.billing_address,
     'discountCodes', c.discount_codes, 'note', c.note, 'lines', c.lines, 'createdAt', c.created_at,
     'updatedAt', c.updated_at) ORDER BY c.updated_at DESC), '[]'::json)) AS part
   FROM (
     SELECT * FROM (
       SELECT * FROM cart WHERE customer_id = $1 AND status = 'ACTIVE'
       UNION ALL SELECT * FROM cart WHERE customer_id = $1 AND status IN ('MERGED', 'EXPIRED')) every
     ORDER BY updated_at DESC LIMIT $2) c`,
);

/** Personal data in the cart service's Postgres: each method is one named statement. */
export function createPersonalData(database: Database): PersonalData {
  return {
    async eraseCustomer(eventId, customerId, published) {
      await database.query(eraseCustomer, [eventId, customerId, outboxRows(published)]);
    },
    async eraseOrder(eventId, orderId, cartId) {
      await database.query(eraseOrder, [eventId, orderId, cartId]);
    },
    async exported(customerId, entries) {
      return (await database.query(exported, [customerId, entries]))[0]?.part ?? {};
    },
  };
}
