import { type EventEnvelope, events, newEvent } from '@souk/events';
import { applyPlan } from '../domain/applyPlan.js';
import type { RefundReason } from '../domain/decideCapture.js';
import { differenceCents, type EditPlan, type OrderEdit } from '../domain/edit.js';
import { type Order, type OrderLine, stockIdsOf, type TimelineEntry } from '../domain/order.js';
import type { EditWrite } from './editPorts.js';
import type { OrderChange } from './ports.js';
import { refundRequired } from './refundRequired.js';
import { timelineEntry } from './timelineEntry.js';

export interface EditToApply {
  readonly order: Order;
  readonly lines: readonly OrderLine[];
  readonly edit: OrderEdit;
  readonly plan: EditPlan;
  readonly from: EditWrite['from'];
  readonly now: Date;
  /** The payment of the difference, when there was one, and what of it was too much. */
  readonly paid?: { readonly paymentId: string; readonly excessCents: number };
  /** What comes before the edit's own entry in the timeline. */
  readonly timeline?: readonly TimelineEntry[];
}

/**
 * The change by which an edit takes effect: the order, its lines, the edit, `order.edited`, and `order.refund_required` for what a
 * paid order costs less. Undefined when the edit no longer fits the order.
 */
export function editChange(o: EditToApply): OrderChange | undefined {
  const { order, edit, plan, now } = o;
  const planned = applyPlan(order, o.lines, plan, now);
  if (planned === undefined) return undefined;
  const isPaid = order.status === 'CONFIRMED';
  const addsStock = plan.reserved.length > 0;
  const after: Order = {
    ...planned.order,
    // An order that had cost nothing has its first payment now: what it costs less one day comes back from there.
    paymentId: order.paymentId ?? o.paid?.paymentId ?? null,
    extraStockIds: addsStock ? [...order.extraStockIds, edit.id] : order.extraStockIds,
    openEdit: order.openEdit?.id === edit.id ? null : order.openEdit,
  };
  const published: EventEnvelope[] = [
    newEvent(events.orderEdited, {
      aggregateId: order.id,
      sequence: after.version,
      now,
      data: {
        orderId: order.id,
        number: order.number,
        customerId: order.customerId,
        editId: edit.id,
        removed: plan.removed.map(({ variantId, quantity }) => ({ variantId, quantity })),
        stockIds: stockIdsOf(after),
        soldStockIds: isPaid && addsStock ? [edit.id] : [],
        totalCentAmount: after.totalCents,
        previousTotalCentAmount: order.totalCents,
        currencyCode: order.currencyCode,
      },
    }),
  ];
  const back = moneyBack(o, isPaid);
  if (back !== null) published.push(refundRequired(order, back, after.version, now));
  return {
    before: order,
    after,
    lines: planned.lines,
    edit: {
      edit: { ...edit, state: 'APPLIED', plan, paymentId: o.paid?.paymentId ?? null, settledAt: now },
      from: o.from,
    },
    timeline: [...(o.timeline ?? []), ...entriesOf(o, back?.centAmount ?? 0)],
    published,
  };
}

function moneyBack(o: EditToApply, isPaid: boolean) {
  const reason: RefundReason = o.edit.kind === 'LINES_CANCEL' ? 'LINES_CANCELLED' : 'ORDER_EDITED';
  if (o.paid !== undefined) {
    const { paymentId, excessCents } = o.paid;
    return excessCents > 0 ? { paymentId, centAmount: excessCents, reason: 'AMOUNT_MISMATCH' as const } : null;
  }
  const centAmount = -differenceCents(o.plan);
  return isPaid && centAmount > 0 && o.order.paymentId !== null
    ? { paymentId: o.order.paymentId, centAmount, reason }
    : null;
}

function entriesOf({ edit, plan, order, now }: EditToApply, backCents: number): TimelineEntry[] {
  const isCancellation = edit.kind === 'LINES_CANCEL';
  const data = {
    editId: edit.id,
    totalCentsBefore: order.totalCents,
    totalCents: plan.after.totalCents,
    lines: plan.lines.map(({ id, quantityBefore, quantity }) => ({ lineId: id, quantityBefore, quantity })),
  };
  const entries = [
    timelineEntry(isCancellation ? 'LINES_CANCELLED' : 'EDITED', now, {
      data,
      message: isCancellation ? edit.note : null,
    }),
  ];
  // A change that waited for its payment has said its note when it began to wait.
  if (!isCancellation && edit.note !== null && edit.state !== 'AWAITING_PAYMENT') {
    entries.push(timelineEntry('NOTE_ADDED', now, { message: edit.note, isPublic: false, data: { editId: edit.id } }));
  }
  if (backCents > 0) {
    entries.push(timelineEntry('REFUND_REQUIRED', now, { data: { editId: edit.id, centAmount: backCents } }));
  }
  return entries;
}
