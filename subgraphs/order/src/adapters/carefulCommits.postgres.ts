import { auditRecords } from '@souk/events';
import { type Database, sql } from '@souk/postgres';
import type { CarefulCommits } from '../app/draftPorts.js';
import { commitPlacement, placementParams, violatesNumber } from './placementStore.postgres.js';

/** The row is locked until the commit: numbers are given out one after another, and given back when there is none. $1 the first one. */
const nextNumber = sql<{ last: number }>(
  'placement.nextNumber',
  `INSERT INTO order_number_counter AS c (name, last) VALUES ('order', $1)
   ON CONFLICT (name) DO UPDATE SET last = greatest(c.last + 1, $1) RETURNING c.last`,
);

const completeDraft = sql<{ id: string }>(
  'draft.complete',
  `UPDATE draft_order SET state = 'COMPLETED', order_id = $3, version = version + 1, updated_at = now()
   WHERE id = $1 AND version = $2 AND state = 'OPEN' RETURNING id`,
);

class NotCommitted extends Error {
  override readonly name = 'NotCommitted';
  constructor(readonly kind: 'LOST' | 'DRAFT_CHANGED') {
    super(kind);
  }
}

/** Placements that need more than one statement, each in one transaction: all of it, or nothing, its number included. */
export function createCarefulCommits(database: Database): CarefulCommits {
  return {
    async commit(placement, { draft, first }, make) {
      try {
        const placed = await database.transaction(async (tx) => {
          if (draft !== null) {
            const rows = await tx.query(completeDraft, [draft.id, draft.version, placement.orderId]);
            if (rows.length === 0) throw new NotCommitted('DRAFT_CHANGED');
          }
          // Last, so that others wait for it as short as can be.
          const [counter] = first === null ? [] : await tx.query(nextNumber, [first]);
          const made = make(counter?.last ?? null);
          const rows = await tx.query(
            commitPlacement,
            placementParams(placement, made.placed, [...made.published, ...auditRecords([placement.orderId])]),
          );
          if (rows.length === 0) throw new NotCommitted('LOST');
          return made.placed;
        });
        return { kind: 'COMMITTED', placed };
      } catch (error) {
        if (error instanceof NotCommitted) return { kind: error.kind };
        if (violatesNumber(error)) return { kind: 'NUMBER_TAKEN' };
        throw error;
      }
    },
  };
}
