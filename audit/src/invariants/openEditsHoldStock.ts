import type { Invariant } from '../invariant.js';
import { mergeByKey } from '../merge.js';

interface EditRow {
  readonly key: string;
  readonly order_id: string;
  readonly units: number;
}
interface HeldRow {
  readonly key: string;
  readonly units: number;
}

/** What a customer is asked to pay for must be there when he pays. */
export const openEditsHoldStock: Invariant = {
  name: 'open-edits-hold-stock',
  why: 'an edit that waits for its payment holds the units that it adds',
  async *check(snapshot, seen) {
    const edits = snapshot.stream<EditRow>(
      'order',
      `SELECT e.id AS key, e.order_id, u.units FROM order_edit e CROSS JOIN LATERAL (
         SELECT coalesce(sum((unit->>'quantity')::int), 0) AS units FROM jsonb_array_elements(e.plan->'reserved') AS unit) AS u
       WHERE e.state = 'AWAITING_PAYMENT' ORDER BY e.id COLLATE "C"`,
    );
    const held = snapshot.stream<HeldRow>(
      'product',
      `SELECT order_id AS key, sum(quantity) AS units FROM reservation WHERE state = 'ACTIVE' AND order_id LIKE 'oed\\_%'
       GROUP BY order_id ORDER BY order_id COLLATE "C"`,
    );
    for await (const group of mergeByKey({ edits, held })) {
      const [edit] = group.edits;
      if (edit === undefined) continue;
      seen(1);
      const units = group.held[0]?.units ?? 0;
      if (units === edit.units) continue;
      yield { key: group.key, detail: `adds ${edit.units} units and holds ${units}`, orderId: edit.order_id };
    }
  },
};
