import type { EventEnvelope, EventOf, events } from '@souk/events';
import { failpoint, newId } from '@souk/runtime';
import { type CaptureDecision, decideCapture, decideEditCapture, type RefundReason } from '../domain/decideCapture.js';
import { differenceCents } from '../domain/edit.js';
import { type Order, stockIdsOf, type TimelineEntry } from '../domain/order.js';
import { editChange } from './editChange.js';
import type { EditStore } from './editPorts.js';
import { lapsedChange } from './lapsedChange.js';
import { orderConfirmedEvent } from './orderConfirmedEvent.js';
import type { Clock, OrderChange, OrderStore, StockPort } from './ports.js';
import { refundRequired } from './refundRequired.js';
import { timelineEntry } from './timelineEntry.js';

export interface ApplyCaptureDeps {
  readonly orders: OrderStore;
  readonly edits: Pick<EditStore, 'byIds'>;
  readonly stock: StockPort;
  readonly clock: Clock;
}

type Captured = EventOf<typeof events.paymentCaptured> | EventOf<typeof events.paymentAuthorized>;
const ATTEMPTS = 10;

/**
 * What follows from `payment.captured` and, with manual capture, from `payment.authorized`, once per event: the order is CONFIRMED with `order.confirmed`; or, when it had
 * expired, confirmed if its stock could be sold to it after all; or the edit that was paid takes effect; or the money, or what of it
 * is too much, is sent back with `order.refund_required`. Money that is too little for an order that was made dearer meanwhile
 * goes back too, and the order waits for a new payment. Throws when the order is unknown (it is delivered again later) or
 * the product service cannot be asked.
 */
export const applyCapture =
  (deps: ApplyCaptureDeps) =>
  async (event: Captured): Promise<void> => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { order, applied } = await deps.orders.forEvent(event.data.orderId, event.id);
      if (applied) return;
      if (order === undefined) throw new Error(`payment ${event.data.paymentId} is for an order that does not exist`);
      const change = (await editPayment(deps, order, event)) ?? (await orderPayment(deps, order, event));
      if ((await deps.orders.apply([change], event.id)).has(order.id)) return;
    }
    throw new Error(`order ${event.data.orderId} changed ${ATTEMPTS} times while its payment was being applied`);
  };

async function orderPayment(deps: ApplyCaptureDeps, order: Order, event: Captured): Promise<OrderChange> {
  const decision = await settle(deps, order, decideCapture(order, agreedOf(event)));
  return changeOf(order, decision, event, deps.clock());
}

/** An expired order is paid only if its stock can be sold to it; the sale is idempotent, so a crash after it is repaired here. */
async function settle(deps: ApplyCaptureDeps, order: Order, decision: CaptureDecision): Promise<CaptureDecision> {
  if (decision.kind !== 'REVIVE') return decision;
  const sold = await deps.stock.sell(stockIdsOf(order));
  await failpoint('order.capture.afterSell');
  return sold === 'SOLD' ? decision : { kind: 'REFUND', reason: 'ORDER_EXPIRED' };
}

/** What follows from money for an edit. Undefined when the payment is for the order itself. */
async function editPayment(deps: ApplyCaptureDeps, order: Order, event: Captured): Promise<OrderChange | undefined> {
  const { purposeId, paymentId } = event.data;
  if (purposeId === null || purposeId === order.id || purposeId === order.paymentPurposeId) return undefined;
  const [edit] = await deps.edits.byIds([purposeId]);
  if (edit === undefined || edit.orderId !== order.id || edit.plan === null) return undefined;
  const now = deps.clock();
  const { plan } = edit;
  const decision = decideEditCapture(order, { ...edit, differenceCents: differenceCents(plan) }, agreedOf(event));
  const money = moneyEntry(event, now);
  if (decision.kind === 'NOTHING') return changeOf(order, decision, event, now);
  if (decision.kind === 'REFUND') return changeOf(order, decision, event, now);
  const [whole] = await deps.orders.byIds([order.id], { lines: true, timeline: false });
  const from = { state: 'AWAITING_PAYMENT' } as const;
  const paid = { paymentId, excessCents: decision.excessCents };
  const change = editChange({ order, lines: whole?.lines ?? [], edit, plan, from, now, paid, timeline: [money] });
  if (change !== undefined) return change;
  // What it changes has left meanwhile: the edit is off, and its money goes back.
  const off = lapsedChange(order, edit, 'CANCELLED', 'NO_LONGER_FITS', now);
  return {
    ...off,
    timeline: [money, ...off.timeline, refundEntry(event, 'EDIT_LAPSED', now)],
    published: [...off.published, wholeRefund(order, event, 'EDIT_LAPSED', off.after.version, now)],
  };
}

/** What the customer agreed to pay: with manual capture staff may have captured less of it. */
function agreedOf(event: Captured): { paymentId: string; centAmount: number; currencyCode: string } {
  const { paymentId, centAmount, currencyCode } = event.data;
  const agreed =
    event.type === 'payment.captured' && 'authorizedCentAmount' in event.data && event.data.authorizedCentAmount;
  return { paymentId, currencyCode, centAmount: agreed || centAmount };
}

const moneyEntry = ({ type, data }: Captured, now: Date): TimelineEntry => {
  const { paymentId, centAmount, currencyCode } = data;
  const kind = type === 'payment.authorized' ? 'PAYMENT_AUTHORIZED' : 'PAYMENT_CAPTURED';
  return timelineEntry(kind, now, { data: { paymentId, centAmount, currencyCode } });
};

const refundEntry = ({ data }: Captured, reason: RefundReason, now: Date): TimelineEntry =>
  timelineEntry('REFUND_REQUIRED', now, { data: { paymentId: data.paymentId, reason } });

const wholeRefund = (order: Order, event: Captured, reason: RefundReason, sequence: number, now: Date) =>
  refundRequired(order, { ...agreedOf(event), reason }, sequence, now);

type Decision = CaptureDecision | { readonly kind: 'NOTHING' };

function changeOf(order: Order, decision: Decision, captured: Captured, now: Date): OrderChange {
  const money = moneyEntry(captured, now);
  const version = order.version + 1;
  switch (decision.kind) {
    case 'CONFIRM':
    case 'REVIVE':
      return confirmation(order, decision.excessCents, captured, now);
    case 'REFUND':
      return {
        before: order,
        after: { ...order, version },
        timeline: [money, refundEntry(captured, decision.reason, now)],
        published: [wholeRefund(order, captured, decision.reason, version, now)],
      };
    case 'ASK_AGAIN':
      // A purpose has one payment, and that of the old purpose has taken its money: the new one is for a purpose of its own.
      return {
        before: order,
        after: { ...order, paymentPurposeId: newId('oed', now), version },
        timeline: [money, refundEntry(captured, 'AMOUNT_MISMATCH', now)],
        published: [wholeRefund(order, captured, 'AMOUNT_MISMATCH', version, now)],
      };
    case 'NOTHING':
      // What is captured of an authorization that has confirmed the order is told; an authorization is told once, before.
      return {
        before: order,
        after: { ...order, version },
        timeline: captured.type === 'payment.captured' ? [money] : [],
        published: [],
      };
  }
}

function confirmation(order: Order, excessCents: number, captured: Captured, now: Date): OrderChange {
  const { paymentId } = captured.data;
  const version = order.version + 1;
  const published: EventEnvelope[] = [orderConfirmedEvent(order, paymentId, version, now)];
  const timeline = [moneyEntry(captured, now), timelineEntry('CONFIRMED', now)];
  if (excessCents > 0) {
    const back = { paymentId, centAmount: excessCents, reason: 'ORDER_EDITED' } as const;
    published.push(refundRequired(order, back, version, now));
    timeline.push(timelineEntry('REFUND_REQUIRED', now, { data: back }));
  }
  return {
    before: order,
    after: { ...order, status: 'CONFIRMED', paymentId, confirmedAt: now, version },
    timeline,
    published,
  };
}
