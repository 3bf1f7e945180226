import { actorOf, currentContext, hasScope, newContext, newId, type Viewer } from '@souk/runtime';
import type { EditPlan, OrderEdit } from '../domain/edit.js';
import type { Order, OrderLine, OrderView } from '../domain/order.js';
import { isLegal } from '../domain/orderStates.js';
import { planEdit } from '../domain/planEdit.js';
import type { PlainRefusal, Refusal } from '../domain/refusal.js';
import type { CancelOrderCommand, ChangeResult } from './cancelOrder.js';
import { editChange } from './editChange.js';
import { hashOf, KEY_PATTERN } from './editInput.js';
import type { EditStore } from './editPorts.js';
import type { Clock, OrderStore } from './ports.js';
import { viewerMaySee } from './viewerMaySee.js';

export interface CancelLinesCommand {
  readonly orderId: string;
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
  readonly reason: string | null;
  readonly idempotencyKey: string;
}

export interface CancelLinesDeps {
  readonly orders: OrderStore;
  readonly edits: Pick<EditStore, 'byKey'>;
  readonly clock: Clock;
  readonly cancelOrder: (viewer: Viewer, command: CancelOrderCommand) => Promise<ChangeResult>;
}

const MAX_REASON = 500;
const MAX_LINES = 100;
/** Decided again when the order changed in between; each time another change has got through. */
const ATTEMPTS = 5;

/**
 * Cancels units of lines: by the customer as long as nothing of the line has left, by staff as long as those units have not.
 * Once per idempotency key. The order is what is left of it, with `order.edited` (the stock is free again) and
 * `order.refund_required` for what was paid for the units. When nothing would be left, the whole order is cancelled.
 */
export const cancelLines =
  (deps: CancelLinesDeps) =>
  async (viewer: Viewer, command: CancelLinesCommand): Promise<ChangeResult> => {
    const reason = command.reason?.trim() || null;
    const fault = inputFault(command, reason);
    if (fault !== null) return { ok: false, errors: [fault] };
    const key = `${actorOf(viewer)}:${command.orderId}:${command.idempotencyKey}`;
    const inputHash = hashOf([command.lines.map(({ lineId, quantity }) => [lineId, quantity]), reason]);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const [[view], earlier] = await Promise.all([
        deps.orders.byIds([command.orderId], { lines: true, timeline: false }),
        deps.edits.byKey(key),
      ]);
      const by = view === undefined ? null : cancellerOf(viewer, view);
      if (view === undefined || by === null) return refuse('NOT_FOUND', 'There is no such order.', 'orderId');
      if (earlier !== undefined) return answerAgain(earlier, inputHash, view);
      // Cancelled as a whole: by this key (then that is the answer), or otherwise.
      if (view.status === 'CANCELLED') return cancelWhole(deps, viewer, command, reason);
      const { lines = [], timeline: _, ...order } = view;
      const decision = decide(order, lines, command, by);
      if (decision.kind === 'WHOLE') return cancelWhole(deps, viewer, command, reason);
      if (decision.kind === 'REFUSE') return { ok: false, errors: decision.refusals };
      const now = deps.clock();
      const edit = newEdit({ order, key, inputHash, reason, now });
      const change = editChange({ order, lines, edit, plan: decision.plan, from: null, now });
      if (change !== undefined && (await deps.orders.apply([change])).has(order.id)) {
        return { ok: true, order: change.after };
      }
    }
    return refuse('CONFLICT', 'The order is changing at this moment. Try again with the same key.', 'orderId');
  };

const cancelWhole = (
  deps: CancelLinesDeps,
  viewer: Viewer,
  { orderId, idempotencyKey }: CancelLinesCommand,
  reason: string | null,
): Promise<ChangeResult> => deps.cancelOrder(viewer, { orderId, reason, idempotencyKey });

type Decision =
  | { readonly kind: 'CANCEL'; readonly plan: EditPlan }
  | { readonly kind: 'WHOLE' }
  | { readonly kind: 'REFUSE'; readonly refusals: readonly Refusal[] };

function decide(
  order: Order,
  lines: readonly OrderLine[],
  command: CancelLinesCommand,
  by: 'customer' | 'staff',
): Decision {
  const no = (code: PlainRefusal['code'], message: string, ...field: string[]): Decision => ({
    kind: 'REFUSE',
    refusals: [{ code, message, field }],
  });
  if (order.openEdit !== null) {
    return no(
      'CONFLICT',
      'A change of this order waits for its payment. Pay it, or have it cancelled, first.',
      'orderId',
    );
  }
  const wanted = new Map(command.lines.map(({ lineId, quantity }) => [lineId, quantity]));
  for (const [index, { lineId, quantity }] of command.lines.entries()) {
    const line = lines.find(({ id }) => id === lineId);
    const at = ['lines', String(index)];
    if (line === undefined) return no('NOT_FOUND', 'There is no such line in this order.', ...at, 'lineId');
    if (by === 'customer' && line.quantityFulfilled > 0) {
      return no('ILLEGAL_TRANSITION', 'Some of this line has left already. It can be returned.', ...at, 'lineId');
    }
    if (quantity > line.quantity - line.quantityFulfilled) {
      const message = `At most ${line.quantity - line.quantityFulfilled} of this line can be cancelled.`;
      return no('INVALID', message, ...at, 'quantity');
    }
  }
  if (lines.every((line) => line.quantity === (wanted.get(line.id) ?? 0)) && isLegal('CANCEL', order, by)) {
    return { kind: 'WHOLE' };
  }
  const setQuantities = lines
    .filter((line) => wanted.has(line.id))
    .map((line) => ({ lineId: line.id, quantity: line.quantity - (wanted.get(line.id) ?? 0) }));
  const request = { addLines: [], setQuantities, shippingAddress: null, billingAddress: null, shippingMethodId: null };
  const planned = planEdit(order, lines, request, null, () => newId('oln'));
  return planned.ok ? { kind: 'CANCEL', plan: planned.plan } : { kind: 'REFUSE', refusals: planned.refusals };
}

function newEdit(o: { order: Order; key: string; inputHash: string; reason: string | null; now: Date }): OrderEdit {
  return {
    id: newId('oed', o.now),
    orderId: o.order.id,
    kind: 'LINES_CANCEL',
    key: o.key,
    inputHash: o.inputHash,
    state: 'APPLIED',
    plan: null,
    dueAt: null,
    paymentId: null,
    refusal: null,
    note: o.reason,
    actor: (currentContext() ?? newContext('background')).actor,
    createdAt: o.now,
    settledAt: o.now,
  };
}

function answerAgain(earlier: OrderEdit, inputHash: string, order: OrderView): ChangeResult {
  return earlier.inputHash === inputHash
    ? { ok: true, order }
    : refuse('IDEMPOTENCY_KEY_REUSED', 'This key was used for another change. Use a new key.', 'idempotencyKey');
}

function inputFault(command: CancelLinesCommand, reason: string | null): PlainRefusal | null {
  const invalid = (message: string, ...field: string[]): PlainRefusal => ({ code: 'INVALID', message, field });
  if (!KEY_PATTERN.test(command.idempotencyKey)) {
    const message = 'The idempotency key must have 8 to 100 printable characters without spaces.';
    return invalid(message, 'idempotencyKey');
  }
  if (reason !== null && reason.length > MAX_REASON) {
    return invalid(`A reason has at most ${MAX_REASON} characters.`, 'reason');
  }
  if (command.lines.length === 0 || command.lines.length > MAX_LINES) {
    return invalid(`Name 1 to ${MAX_LINES} lines.`, 'lines');
  }
  const seen = new Set<string>();
  for (const [index, { lineId, quantity }] of command.lines.entries()) {
    if (quantity < 1) return invalid('A quantity is at least 1.', 'lines', String(index), 'quantity');
    if (seen.has(lineId)) return invalid('A line is named once.', 'lines', String(index), 'lineId');
    seen.add(lineId);
  }
  return null;
}

/** As whom the viewer cancels; null when he may not. Staff who may only read orders may not. */
function cancellerOf(viewer: Viewer, order: Order): 'customer' | 'staff' | null {
  if (hasScope(viewer, 'orders:write')) return 'staff';
  if (!viewerMaySee(viewer, order) || viewer.kind === 'service') return null;
  if (order.customerId === null) return 'customer';
  return viewer.kind === 'user' && viewer.userId === order.customerId ? 'customer' : null;
}

function refuse(
  code: PlainRefusal['code'],
  message: string,
  ...field: string[]
): ChangeResult & { readonly ok: false } {
  return { ok: false, errors: [{ code, message, field }] };
}
