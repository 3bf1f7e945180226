import { type Database, isDue, sql } from '@souk/postgres';
import { newId } from '@souk/runtime';
import type { MethodStore, SavedMethod } from '../app/ports.js';

interface MethodRow {
  readonly id: string;
  readonly user_id: string;
  readonly provider: string;
  readonly reference: string;
  readonly brand: string | null;
  readonly last4: string | null;
  readonly exp_month: number | null;
  readonly exp_year: number | null;
  readonly is_default: boolean;
}
const COLUMNS = 'm.id, m.user_id, m.provider, m.reference, m.brand, m.last4, m.exp_month, m.exp_year, m.is_default';

const customerOf = sql<{ reference: string }>(
  'method.customerOf',
  `SELECT reference FROM provider_customer WHERE user_id = $1 AND provider = $2`,
);
// Whichever of the two keys is taken: an arbiter of one of them would let two that come at once fail on the other.
const recordCustomer = sql<{ reference: string }>(
  'method.recordCustomer',
  `INSERT INTO provider_customer (user_id, provider, reference) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING reference`,
);
const ofUsers = sql<MethodRow>(
  'method.ofUsers',
  `SELECT ${COLUMNS} FROM payment_method m WHERE m.user_id = ANY ($1) AND m.removed_at IS NULL
   ORDER BY m.is_default DESC, m.created_at DESC, m.id DESC`,
);
const find = sql<MethodRow>(
  'method.find',
  `SELECT ${COLUMNS} FROM payment_method m WHERE m.user_id = $1 AND m.id = $2 AND m.removed_at IS NULL`,
);
/** What is told of a method; of one that was removed nothing is kept anew. */
const unlessRemoved = (column: string): string =>
  `CASE WHEN m.removed_at IS NULL THEN coalesce(excluded.${column}, m.${column}) ELSE m.${column} END`;
/** $1 provider, $2 customer or null, $3 methods with new ids, $4 when they were so. Who has no default gets the newest that is added here. */
const save = sql<{ known: boolean }>(
  'method.save',
  `WITH told AS (
     SELECT * FROM jsonb_to_recordset($3::jsonb) AS t(id text, reference text, brand text, last4 text, "expMonth" int, "expYear" int,
       removed boolean)),
   owner AS (
     SELECT c.user_id FROM provider_customer c WHERE c.provider = $1 AND c.reference = $2
     UNION
     SELECT m.user_id FROM payment_method m JOIN told ON told.reference = m.reference WHERE m.provider = $1 AND $2::text IS NULL),
   new_default AS (
     SELECT told.id FROM told, owner
     WHERE NOT told.removed AND NOT EXISTS (SELECT 1 FROM payment_method m WHERE m.user_id = owner.user_id AND m.is_default)
       AND NOT EXISTS (SELECT 1 FROM payment_method m WHERE m.provider = $1 AND m.reference = told.reference)
     ORDER BY told.id DESC LIMIT 1),
   saved AS (
     INSERT INTO payment_method AS m (id, user_id, provider, reference, brand, last4, exp_month, exp_year, is_default, removed_at, as_of)
     SELECT told.id, owner.user_id, $1, told.reference, told.brand, told.last4, told."expMonth", told."expYear",
       EXISTS (SELECT 1 FROM new_default WHERE new_default.id = told.id), CASE WHEN told.removed THEN now() END, $4
     FROM told CROSS JOIN owner
     ON CONFLICT (provider, reference) DO UPDATE SET brand = ${unlessRemoved('brand')}, last4 = ${unlessRemoved('last4')}, exp_month = ${unlessRemoved('exp_month')}, exp_year = ${unlessRemoved('exp_year')},
       removed_at = coalesce(m.removed_at, excluded.removed_at), is_default = m.is_default AND excluded.removed_at IS NULL,
       as_of = greatest(m.as_of, excluded.as_of)
     WHERE excluded.as_of >= m.as_of OR excluded.removed_at IS NOT NULL)
   SELECT EXISTS (SELECT 1 FROM owner) AS known`,
);
/** One that was removed before stays so, and counts as found. */
const remove = sql<{ id: string }>(
  'method.remove',
  `UPDATE payment_method SET removed_at = coalesce(removed_at, now()), is_default = false,
     detach_at = CASE WHEN removed_at IS NULL THEN now() ELSE detach_at END
   WHERE user_id = $1 AND id = $2 RETURNING id`,
);
const promote = sql(
  'method.promote',
  `UPDATE payment_method SET is_default = true
   WHERE id = (SELECT id FROM payment_method WHERE user_id = $1 AND removed_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 1)
     AND NOT EXISTS (SELECT 1 FROM payment_method WHERE user_id = $1 AND is_default)`,
);
const lockUser = sql('method.lockUser', `SELECT id FROM payment_method WHERE user_id = $1 ORDER BY id FOR UPDATE`);
const unsetDefault = sql(
  'method.unsetDefault',
  `UPDATE payment_method SET is_default = false WHERE user_id = $1 AND is_default AND id <> $2`,
);
const setDefault = sql<{ id: string }>(
  'method.setDefault',
  `UPDATE payment_method SET is_default = true WHERE user_id = $1 AND id = $2 AND removed_at IS NULL RETURNING id`,
);
const takeRemoved = sql<MethodRow>(
  'method.takeRemoved',
  `UPDATE payment_method m SET detach_at = now() + interval '2 minutes'
   WHERE m.id IN (SELECT id FROM payment_method WHERE ${isDue('detach_at')} ORDER BY detach_at LIMIT $1 FOR UPDATE SKIP LOCKED)
   RETURNING ${COLUMNS}`,
);
const removed = sql('method.removed', `UPDATE payment_method SET detach_at = NULL WHERE id = $1`);

/** Saved payment methods in Postgres: references, no card data. */
export function createMethodStore(database: Database): MethodStore {
  return {
    async customerOf(userId, provider) {
      return (await database.query(customerOf, [userId, provider]))[0]?.reference;
    },
    async recordCustomer(userId, provider, reference) {
      const [row] = await database.query(recordCustomer, [userId, provider, reference]);
      const recorded = row?.reference ?? (await this.customerOf(userId, provider));
      if (recorded === undefined) throw new Error(`the customer of ${userId} was not recorded`);
      return recorded;
    },
    async ofUsers(userIds) {
      return (await database.query(ofUsers, [userIds])).map(methodOf);
    },
    async find(userId, id) {
      const [row] = await database.query(find, [userId, id]);
      return row && methodOf(row);
    },
    async save(provider, customerReference, methods, asOf) {
      const told = methods.map((method) => ({ ...method, id: newId('pmt') }));
      const [row] = await database.query(save, [provider, customerReference, JSON.stringify(told), asOf]);
      return row?.known ?? false;
    },
    remove: (userId, id) =>
      database.transaction(async (tx) => {
        await tx.query(lockUser, [userId]);
        const found = (await tx.query(remove, [userId, id])).length === 1;
        if (found) await tx.query(promote, [userId]);
        return found;
      }),
    setDefault: (userId, id) =>
      database.transaction(async (tx) => {
        await tx.query(lockUser, [userId]);
        if ((await tx.query(find, [userId, id])).length === 0) return false;
        await tx.query(unsetDefault, [userId, id]);
        await tx.query(setDefault, [userId, id]);
        return true;
      }),
    async takeRemoved(limit) {
      return (await database.query(takeRemoved, [limit])).map(methodOf);
    },
    async removed(id) {
      await database.query(removed, [id]);
    },
  };
}

const methodOf = (row: MethodRow): SavedMethod => ({
  id: row.id,
  userId: row.user_id,
  provider: row.provider,
  reference: row.reference,
  brand: row.brand,
  last4: row.last4,
  expMonth: row.exp_month,
  expYear: row.exp_year,
  isDefault: row.is_default,
});
