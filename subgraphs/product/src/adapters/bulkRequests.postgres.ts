import { type Database, sql } from '@souk/postgres';
import type { BulkAnswer, BulkRequests } from '../app/ports.js';

const find = sql<{ inputHash: string; answer: BulkAnswer }>(
  'bulk.find',
  'SELECT input_hash AS "inputHash", answer FROM bulk_request WHERE idempotency_key = $1',
);
const keep = sql<never>(
  'bulk.keep',
  'INSERT INTO bulk_request (idempotency_key, input_hash, answer) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
);

/** Answers of bulk requests, kept in Postgres. */
export function postgresBulkRequests(database: Database): BulkRequests {
  return {
    async find(key) {
      const [row] = await database.query(find, [key]);
      return row;
    },
    async keep(key, inputHash, answer) {
      await database.query(keep, [key, inputHash, JSON.stringify(answer)]);
    },
  };
}
