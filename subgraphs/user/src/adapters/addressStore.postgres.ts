import { type Database, sql } from '@souk/postgres';
import type { AddressStore } from '../app/ports.js';
import { MAX_ADDRESSES } from '../domain/account.js';
import type { PrismaClient } from '../generated/prisma/client.js';

// The account's row is locked first, so that two additions at once count each other.
const create = sql<{ id: string }>(
  'address.create',
  `WITH owner AS (SELECT id FROM account WHERE id = $2 FOR UPDATE),
   room AS (SELECT owner.id, (SELECT count(*) FROM address d WHERE d.account_id = owner.id) AS taken FROM owner),
   created AS (
     INSERT INTO address (id, account_id, full_name, company, street_line_1, street_line_2, city, region, postal_code, country_code, phone)
     SELECT $1, room.id, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM room WHERE room.taken < $12 RETURNING id),
   defaults AS (
     UPDATE account a SET
       default_shipping_id = CASE WHEN $13 OR room.taken = 0 THEN created.id ELSE a.default_shipping_id END,
       default_billing_id = CASE WHEN $14 OR room.taken = 0 THEN created.id ELSE a.default_billing_id END
     FROM created, room WHERE a.id = $2)
   SELECT id FROM created`,
);

const remove = sql<{ id: string }>(
  'address.remove',
  `WITH gone AS (DELETE FROM address WHERE account_id = $1 AND id = $2 RETURNING id),
   defaults AS (
     UPDATE account a SET default_shipping_id = nullif(a.default_shipping_id, gone.id),
                          default_billing_id = nullif(a.default_billing_id, gone.id)
     FROM gone WHERE a.id = $1)
   SELECT id FROM gone`,
);

const setDefault = sql<{ id: string }>(
  'address.setDefault',
  `UPDATE account a SET default_shipping_id = CASE WHEN $3 = 'SHIPPING' THEN d.id ELSE a.default_shipping_id END,
                        default_billing_id = CASE WHEN $3 = 'BILLING' THEN d.id ELSE a.default_billing_id END
   FROM address d WHERE a.id = $1 AND d.account_id = $1 AND d.id = $2 RETURNING d.id`,
);

/** Addresses in Postgres, always of one account. */
export function createAddressStore(database: Database, prisma: PrismaClient): AddressStore {
  return {
    async create({ id, accountId, address, defaultFor }) {
      const rows = await database.query(create, [
        id,
        accountId,
        address.fullName,
        address.company,
        address.streetLine1,
        address.streetLine2,
        address.city,
        address.region,
        address.postalCode,
        address.countryCode,
        address.phone,
        MAX_ADDRESSES,
        defaultFor.includes('SHIPPING'),
        defaultFor.includes('BILLING'),
      ]);
      return rows.length === 1;
    },
    async replace(accountId, id, address) {
      return (await prisma.address.updateMany({ where: { id, accountId }, data: address })).count === 1;
    },
    remove: async (accountId, id) => (await database.query(remove, [accountId, id])).length === 1,
    setDefault: async (accountId, id, kind) => (await database.query(setDefault, [accountId, id, kind])).length === 1,
  };
}
