import { ORDER_TRANSITIONS } from '@souk/order/domain/orderStates';
import type { Invariant } from '../invariant.js';

interface Trail {
  readonly id: string;
  readonly status: string;
  /** Entries of the timeline that are states, in their order. */
  readonly trail: readonly string[] | null;
}

/** Statuses by the entry that the timeline has when an order gets there; PLACED is how it begins. */
const BEGIN = 'PLACED';
const FIRST_STATUS = 'PENDING_PAYMENT';

/** What is wrong with an order's way to its status; null when each step is in the table. */
export function faultOfTrail(status: string, trail: readonly string[]): string | null {
  const [begin, ...steps] = trail;
  if (begin !== BEGIN) return `its timeline begins with ${begin ?? 'nothing'}`;
  let at = FIRST_STATUS;
  for (const next of steps) {
    const legal = Object.values(ORDER_TRANSITIONS).some(
      (rule) => (rule.from as readonly string[]).includes(at) && rule.to === next,
    );
    if (!legal) return `went from ${at} to ${next}`;
    at = next;
  }
  return at === status ? null : `is ${status}, its timeline ends at ${at}`;
}

/** The state machine is one table (subgraphs/order/src/domain/orderStates.ts): this replays each timeline against it. */
export const legalTransitionsOnly: Invariant = {
  name: 'legal-transitions-only',
  why: 'each order came to its status by steps that the state machine has',
  async *check(snapshot, seen) {
    const states = [BEGIN, ...new Set(Object.values(ORDER_TRANSITIONS).map(({ to }) => to))];
    const trails = snapshot.stream<Trail>(
      'order',
      `SELECT o.id, o.status, array_agg(e.type ORDER BY e.position) FILTER (WHERE e.type IS NOT NULL) AS trail
       FROM orders o LEFT JOIN order_event e ON e.order_id = o.id AND e.type = ANY ($1)
       GROUP BY o.id`,
      [states],
    );
    for await (const { id, status, trail } of trails) {
      seen(1);
      const fault = faultOfTrail(status, trail ?? []);
      if (fault !== null) yield { key: id, detail: fault };
    }
  },
};
