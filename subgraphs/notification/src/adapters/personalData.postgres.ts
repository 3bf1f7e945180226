import { INBOX_CLAIM, OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import type { PersonalData } from '../app/personalData.js';

const eraseUser = sql<never>(
  'notification.personalData.eraseUser',
  `WITH ${INBOX_CLAIM('$1', "'notification'")},
   erased AS (
     UPDATE delivery SET recipient = NULL, erased = true WHERE user_id = $2 AND EXISTS (SELECT 1 FROM inbox))
   ${OUTBOX_INSERT('$3')} WHERE EXISTS (SELECT 1 FROM inbox)`,
);

const eraseOrder = sql<never>(
  'notification.personalData.eraseOrder',
  `WITH ${INBOX_CLAIM('$1', "'notification'")}
   UPDATE delivery SET recipient = NULL, erased = true WHERE order_id = $2 AND EXISTS (SELECT 1 FROM inbox)`,
);

const exported = sql<{ part: object }>(
  'notification.personalData.exported',
  `SELECT json_build_object('messages', coalesce(json_agg(json_build_object('id', d.id, 'about', d.template, 'channel', d.channel,
     'orderId', d.order_id, 'recipient', d.recipient, 'state', d.state, 'createdAt', d.created_at,
     'sentAt', d.sent_at) ORDER BY d.created_at DESC, d.id DESC), '[]'::json)) AS part
   FROM (SELECT * FROM delivery WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2) d`,
);

/** Personal data in the notification service's Postgres: each method is one named statement. */
export function createPersonalData(database: Database): PersonalData {
  return {
    async eraseUser(eventId, userId, published) {
      await database.query(eraseUser, [eventId, userId, outboxRows(published)]);
    },
    async eraseOrder(eventId, orderId) {
      await database.query(eraseOrder, [eventId, orderId]);
    },
    async exported(userId, entries) {
      return (await database.query(exported, [userId, entries]))[0]?.part ?? {};
    },
  };
}
