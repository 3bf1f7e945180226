import { actorOf, hasScope, type Viewer } from '@souk/runtime';
import { decideCancellation } from '../domain/decideCancellation.js';
import type { Order, OrderView } from '../domain/order.js';
import type { Refusal } from '../domain/refusal.js';
import { cancelledChange } from './cancelledChange.js';
import type { EditStore } from './editPorts.js';
import { lapseEdit } from './lapseEdits.js';
import type { Clock, OrderStore } from './ports.js';
import { viewerMaySee } from './viewerMaySee.js';

export interface CancelOrderCommand {
  readonly orderId: string;
  readonly reason: string | null;
  readonly idempotencyKey: string;
}

export type ChangeResult =
  | { readonly ok: true; readonly order: OrderView }
  | { readonly ok: false; readonly errors: readonly Refusal[] };

const MAX_REASON = 500;
/** Decided again when the order changed in between; each time another change has got through. */
const ATTEMPTS = 5;

/**
 * Cancels a whole order as long as nothing of it is fulfilled, and publishes `order.cancelled`: stock and coupons are released,
 * money goes back; a change that waits for its payment is called off before. Decided on the version that is changed, so a payment that comes at the same moment is either seen here
 * or sees the cancellation. The same key again changes nothing and answers the same.
 */
export const cancelOrder =
  (deps: { orders: OrderStore; edits: Pick<EditStore, 'byIds' | 'overdue'>; clock: Clock }) =>
  async (viewer: Viewer, command: CancelOrderCommand): Promise<ChangeResult> => {
    if (command.idempotencyKey.length < 8 || command.idempotencyKey.length > 100) {
      return refuse('INVALID', 'The idempotency key must have 8 to 100 characters.', ['idempotencyKey']);
    }
    const reason = command.reason?.trim() || null;
    if (reason !== null && reason.length > MAX_REASON) {
      return refuse('INVALID', `A reason has at most ${MAX_REASON} characters.`, ['reason']);
    }
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const [order] = await deps.orders.byIds([command.orderId], { lines: false, timeline: false });
      if (order === undefined || !viewerMaySee(viewer, order)) {
        return refuse('NOT_FOUND', 'There is no such order.', ['id']);
      }
      const by = cancellerOf(viewer, order);
      if (by === null) return refuse('NOT_FOUND', 'There is no such order.', ['id']);
      const key = `${actorOf(viewer)}:${command.idempotencyKey}`;
      const decision = decideCancellation(order, { by, reason, key });
      if (decision.kind === 'REPLAY') return { ok: true, order };
      if (decision.kind === 'REFUSE') return { ok: false, errors: [decision.refusal] };
      if (order.openEdit !== null) {
        // A change of its own: whichever of the two a crash leaves undone, the next call does.
        await lapseEdit(deps, order.openEdit.id, 'CANCELLED', 'ORDER_CANCELLED');
        continue;
      }
      const now = deps.clock();
      const change = cancelledChange(order, { code: decision.reasonCode, reason, key }, now);
      const changed = await deps.orders.apply([change]);
      if (changed.has(order.id)) return { ok: true, order: change.after };
    }
    return refuse('CONFLICT', 'The order is changing at this moment. Try again with the same key.', ['id']);
  };

/** As whom the viewer cancels. Staff who may only read orders may not. */
function cancellerOf(viewer: Viewer, order: Order): 'customer' | 'staff' | null {
  if (hasScope(viewer, 'orders:write')) return 'staff';
  if (order.customerId === null) return viewer.kind === 'service' ? null : 'customer';
  return viewer.kind === 'user' && viewer.userId === order.customerId ? 'customer' : null;
}

function refuse(
  code: 'INVALID' | 'NOT_FOUND' | 'CONFLICT',
  message: string,
  field: readonly string[],
): ChangeResult & { ok: false } {
  return { ok: false, errors: [{ code, message, field }] };
}
