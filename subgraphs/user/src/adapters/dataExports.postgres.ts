import { OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import type { DataExport, DataExports, ExportPart } from '../app/personalDataPorts.js';

const ofAccount = sql<DataExport>(
  'dataExport.ofAccount',
  `SELECT e.id, e.requested_at AS "requestedAt", e.expires_at AS "expiresAt",
     ARRAY(SELECT p.service FROM account_export_part p WHERE p.export_id = e.id AND p.delivered_at IS NULL ORDER BY p.service) AS "waitingFor"
   FROM account_export e WHERE e.account_id = $1 AND e.expires_at > $2 ORDER BY e.requested_at DESC, e.id DESC`,
);

/** What is named here is told; passwords, tokens and their hashes are not. */
const ownPart = sql<{ part: object; sequence: number }>(
  'dataExport.ownPart',
  `SELECT a.sequence, json_build_object(
     'account', json_build_object('id', a.id, 'email', a.email, 'emailVerifiedAt', a.email_verified_at, 'firstName', a.first_name,
       'lastName', a.last_name, 'phone', a.phone, 'locale', a.locale, 'roles', a.roles, 'createdAt', a.created_at,
       'updatedAt', a.updated_at, 'secondFactor', EXISTS (SELECT 1 FROM second_factor f WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL)),
     'addresses', (SELECT coalesce(json_agg(json_build_object('id', d.id, 'fullName', d.full_name, 'company', d.company,
       'streetLine1', d.street_line_1, 'streetLine2', d.street_line_2, 'city', d.city, 'region', d.region, 'postalCode', d.postal_code,
       'countryCode', d.country_code, 'phone', d.phone, 'createdAt', d.created_at) ORDER BY d.id), '[]'::json)
       FROM address d WHERE d.account_id = a.id),
     'sessions', (SELECT coalesce(json_agg(json_build_object('id', s.id, 'userAgent', s.user_agent, 'ip', s.ip, 'createdAt', s.created_at,
       'lastSeenAt', s.last_seen_at, 'expiresAt', s.expires_at, 'revokedAt', s.revoked_at) ORDER BY s.created_at DESC), '[]'::json)
       FROM (SELECT * FROM session WHERE account_id = a.id ORDER BY created_at DESC LIMIT 2000) s),
     'emailChanges', (SELECT coalesce(json_agg(json_build_object('oldEmail', c.old_email, 'newEmail', c.new_email,
       'requestedAt', c.requested_at, 'confirmedAt', c.confirmed_at, 'undoneAt', c.undone_at) ORDER BY c.requested_at DESC), '[]'::json)
       FROM email_change c WHERE c.account_id = a.id)) AS part
   FROM account a WHERE a.id = $1`,
);

/** $1 export, $2 account, $3 its sequence, $4 now, $5 end, $6 services, $7 own part, $8 outbox. */
const create = sql<{ id: string }>(
  'dataExport.create',
  `WITH owner AS (UPDATE account SET sequence = sequence + 1 WHERE id = $2 AND sequence = $3 RETURNING id),
   made AS (INSERT INTO account_export (id, account_id, requested_at, expires_at) SELECT $1, id, $4, $5 FROM owner),
   own AS (
     INSERT INTO account_export_part (export_id, service, content, delivered_at) SELECT $1, 'user', $7::bytea, $4 FROM owner),
   parts AS (INSERT INTO account_export_part (export_id, service) SELECT $1, service FROM owner, unnest($6::text[]) AS service),
   told AS (${OUTBOX_INSERT('$8')} WHERE EXISTS (SELECT 1 FROM owner))
   SELECT id FROM owner`,
);

/** The first time counts; both times it is taken. */
const deliver = sql<{ taken: boolean }>(
  'dataExport.deliver',
  `WITH kept AS (
     UPDATE account_export_part SET content = $3, delivered_at = $4 WHERE export_id = $1 AND service = $2 AND delivered_at IS NULL)
   SELECT EXISTS (SELECT 1 FROM account_export_part WHERE export_id = $1 AND service = $2) AS taken`,
);

const read = sql<ExportPart>(
  'dataExport.read',
  `SELECT p.service, p.content FROM account_export_part p JOIN account_export e ON e.id = p.export_id
   WHERE e.id = $1 AND e.expires_at > $2 ORDER BY p.service = 'user' DESC, p.service`,
);

const purge = sql<{ purged: number }>(
  'dataExport.purge',
  `WITH gone AS (
     DELETE FROM account_export WHERE id IN (
       SELECT id FROM account_export WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1)
   SELECT count(*)::int AS purged FROM gone`,
);

/** Exports of personal data in Postgres: each method is one named statement. */
export function createDataExports(database: Database): DataExports {
  return {
    ofAccount: (accountId, now) => database.query(ofAccount, [accountId, now]),
    async ownPart(accountId) {
      return (await database.query(ownPart, [accountId]))[0];
    },
    async create({ id, accountId, sequence, now, expiresAt, services, ownPart, events }) {
      const params = [id, accountId, sequence, now, expiresAt, services, ownPart, outboxRows(events)];
      return (await database.query(create, params)).length === 1;
    },
    async deliver({ id, service, content, now }) {
      return (await database.query(deliver, [id, service, content, now]))[0]?.taken ?? false;
    },
    async read(id, now) {
      const parts = await database.query(read, [id, now]);
      return parts.length === 0 ? undefined : parts;
    },
    async purge(now, limit) {
      return (await database.query(purge, [now, limit]))[0]?.purged ?? 0;
    },
  };
}
