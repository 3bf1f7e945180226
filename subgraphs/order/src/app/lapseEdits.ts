import { newContext, runInContext } from '@souk/runtime';
import type { OrderEdit } from '../domain/edit.js';
import type { EditResult } from './editOrder.js';
import type { EditStore } from './editPorts.js';
import { type LapseReason, lapsedChange } from './lapsedChange.js';
import type { Clock, OrderStore } from './ports.js';

export interface LapseEditsDeps {
  readonly orders: OrderStore;
  readonly edits: Pick<EditStore, 'byIds' | 'overdue'>;
  readonly clock: Clock;
}

/** Edits that one round lets lapse. */
export const LAPSE_BATCH = 100;
const ATTEMPTS = 10;

/**
 * Ends an edit that waits for its payment, with `order.edit_lapsed`. False when it waits no longer: it was paid, or has ended
 * otherwise, and nothing is changed.
 */
export async function lapseEdit(
  deps: Pick<LapseEditsDeps, 'orders' | 'edits' | 'clock'>,
  editId: string,
  state: 'EXPIRED' | 'CANCELLED',
  reason: LapseReason,
): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const [edit] = await deps.edits.byIds([editId]);
    if (edit?.state !== 'AWAITING_PAYMENT') return false;
    const [order] = await deps.orders.byIds([edit.orderId], { lines: false, timeline: false });
    if (order === undefined) throw new Error(`edit ${editId} has no order`);
    const change = lapsedChange(order, edit, state, reason, deps.clock());
    if ((await deps.orders.apply([change])).has(order.id)) return true;
  }
  throw new Error(`the order of edit ${editId} changed ${ATTEMPTS} times while it lapsed`);
}

/** One round of the sweeper: edits that were not paid in time lapse; their stock is free again. Answers how many were overdue. */
export const lapseEdits = (deps: LapseEditsDeps) => async (): Promise<number> => {
  const overdue = await deps.edits.overdue(LAPSE_BATCH);
  for (const edit of overdue) {
    await runInContext(newContext('background', { actor: 'service:order' }), () =>
      lapseEdit(deps, edit.id, 'EXPIRED', 'NOT_PAID_IN_TIME'),
    );
  }
  return overdue.length;
};

/**
 * Calls off an edit that waits for its payment: the order stays as it is. Cancelling it twice answers the same; one that was paid
 * or has lapsed is refused with ILLEGAL_TRANSITION. The caller has checked that the viewer is staff.
 */
export const cancelEdit =
  (deps: LapseEditsDeps) =>
  async (editId: string): Promise<EditResult> => {
    const ended = await lapseEdit(deps, editId, 'CANCELLED', 'CALLED_OFF');
    const [edit] = await deps.edits.byIds([editId]);
    const [order] =
      edit === undefined ? [] : await deps.orders.byIds([edit.orderId], { lines: false, timeline: false });
    if (edit === undefined || order === undefined || edit.plan === null) {
      return {
        ok: false,
        errors: [{ code: 'NOT_FOUND', message: 'There is no such edit.', field: ['id'] }],
        replayed: false,
      };
    }
    if (edit.state !== 'CANCELLED') return { ok: false, errors: [illegal(edit)], replayed: false };
    return { ok: true, order, plan: edit.plan, edit, replayed: !ended };
  };

const illegal = (edit: OrderEdit) => ({
  code: 'ILLEGAL_TRANSITION' as const,
  message: `An edit that is ${edit.state.toLowerCase().replace('_', ' ')} cannot be cancelled.`,
  field: ['id'],
});
