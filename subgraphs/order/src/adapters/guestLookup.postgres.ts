import { createHash } from 'node:crypto';
import { type Database, sql } from '@souk/postgres';
import type { GuestLookup } from '../app/ports.js';
import { type OrderRow, orderColumns, orderOf } from './orderRow.js';

const WINDOW_MINUTES = 15;
const TRIES_PER_NUMBER = 10;
const TRIES_PER_CLIENT = 60;

/**
 * Counts the try for the number and for the client, and finds the order, in one statement.
 * $1 subjects, $2 their limits, $3 number, $4 email, $5 lines, $6 timeline.
 */
const lookUp = sql<Partial<OrderRow> & { too_many: boolean }>(
  'order.guestLookup',
  `WITH counted AS (
     INSERT INTO lookup_attempt AS a (subject, tries, window_ends_at)
     SELECT subject, 1, now() + interval '${WINDOW_MINUTES} minutes' FROM unnest($1::text[]) AS s(subject) ORDER BY subject
     ON CONFLICT (subject) DO UPDATE SET
       tries = CASE WHEN a.window_ends_at < now() THEN 1 ELSE a.tries + 1 END,
       window_ends_at = CASE WHEN a.window_ends_at < now() THEN excluded.window_ends_at ELSE a.window_ends_at END
     RETURNING subject, tries),
   verdict AS (
     SELECT bool_or(c.tries > l.allowed) AS too_many
     FROM counted c JOIN unnest($1::text[], $2::int[]) AS l(subject, allowed) USING (subject))
   SELECT v.too_many, found.* FROM verdict v
   LEFT JOIN LATERAL (
     SELECT ${orderColumns('$5', '$6')} FROM orders o
     WHERE NOT v.too_many AND o.number = $3 AND o.customer_id IS NULL AND lower(o.email) = $4) AS found ON true`,
);

const sweep = sql('order.sweepLookups', `DELETE FROM lookup_attempt WHERE window_ends_at < now()`);

/** Guests' look-ups with their counts in Postgres, so that replicas count together; numbers and addresses are kept as hashes only. */
export function createGuestLookup(database: Database): GuestLookup {
  return {
    async find({ number, email, client, parts }) {
      const subjects = [{ subject: hash(`number:${number}`), allowed: TRIES_PER_NUMBER }];
      if (client !== null) subjects.push({ subject: hash(`client:${client}`), allowed: TRIES_PER_CLIENT });
      const [row] = await database.query(lookUp, [
        subjects.map(({ subject }) => subject),
        subjects.map(({ allowed }) => allowed),
        number,
        email,
        parts.lines,
        parts.timeline,
      ]);
      if (row?.too_many) return { kind: 'TOO_MANY' };
      return isOrderRow(row) ? { kind: 'FOUND', order: orderOf(row) } : { kind: 'NONE' };
    },
    async sweep() {
      await database.query(sweep);
    },
  };
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');

function isOrderRow(row: Partial<OrderRow> | undefined): row is OrderRow {
  return typeof row?.id === 'string';
}
