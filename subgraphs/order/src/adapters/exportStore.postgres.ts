import { auditRecords } from '@souk/events';
import { OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import type { ExportStore, OrderExport } from '../app/exportPorts.js';
import type { OrderFilter } from '../app/ports.js';

type StoredFilter = Omit<OrderFilter, 'placedAfter' | 'placedBefore'> & { placedAfter?: string; placedBefore?: string };

const create = sql(
  'export.create',
  `WITH made AS (INSERT INTO order_export (token_hash, filter, format, created_by, expires_at) VALUES ($1, $2, $3, $4, $5))
   ${OUTBOX_INSERT('$6')}`,
);
const find = sql<{ filter: StoredFilter; format: OrderExport['format'] }>(
  'export.find',
  `SELECT filter, format FROM order_export WHERE token_hash = $1 AND expires_at > now()`,
);
const sweep = sql('export.sweep', `DELETE FROM order_export WHERE expires_at < now() - interval '30 days'`);

/** Downloads in Postgres: each method is one named statement. */
export function createExportStore(database: Database): ExportStore {
  return {
    async create(tokenHash, { filter, format, createdBy, expiresAt }) {
      const told = outboxRows(auditRecords(['orders']));
      await database.query(create, [tokenHash, JSON.stringify(filter), format, createdBy, expiresAt, told]);
    },
    async find(tokenHash) {
      const [row] = await database.query(find, [tokenHash]);
      if (row === undefined) return undefined;
      const { placedAfter, placedBefore, ...filter } = row.filter;
      return {
        format: row.format,
        filter: {
          ...filter,
          ...(placedAfter === undefined ? {} : { placedAfter: new Date(placedAfter) }),
          ...(placedBefore === undefined ? {} : { placedBefore: new Date(placedBefore) }),
        },
      };
    },
    async sweep() {
      await database.query(sweep);
    },
  };
}
