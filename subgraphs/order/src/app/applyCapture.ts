import { type EventOf, events, newEvent } from '@souk/events';
import { failpoint } from '@souk/runtime';
import { type CaptureDecision, decideCapture, type RefundReason } from '../domain/decideCapture.js';
import type { Order, TimelineEntry } from '../domain/order.js';
import type { Clock, OrderChange, OrderStore, StockPort } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

export interface ApplyCaptureDeps {
  readonly orders: OrderStore;
  readonly stock: StockPort;
  readonly clock: Clock;
}

type Captured = EventOf<typeof events.paymentCaptured>;
const ATTEMPTS = 10;

/**
 * What follows from `payment.captured`, once per event: the order is CONFIRMED with `order.confirmed`; or, when it had
 * expired, confirmed if its stock could be sold to it after all; or the money is sent back with `order.refund_required`. Throws
 * when the order is unknown (it is delivered again later) or the product service cannot be asked.
 */
export const applyCapture =
  (deps: ApplyCaptureDeps) =>
  async (event: Captured): Promise<void> => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { order, applied } = await deps.orders.forEvent(event.data.orderId, event.id);
      if (applied) return;
      if (order === undefined) throw new Error(`payment ${event.data.paymentId} is for an order that does not exist`);
      const decision = await settle(deps, order, decideCapture(order, event.data));
      const change = changeOf(order, decision, event, deps.clock());
      if ((await deps.orders.apply([change], event.id)).has(order.id)) return;
    }
    throw new Error(`order ${event.data.orderId} changed ${ATTEMPTS} times while its payment was being applied`);
  };

/** An expired order is paid only if its stock can be sold to it; the sale is idempotent, so a crash after it is repaired here. */
async function settle(deps: ApplyCaptureDeps, order: Order, decision: CaptureDecision): Promise<CaptureDecision> {
  if (decision.kind !== 'REVIVE') return decision;
  const sold = await deps.stock.sell(order.id);
  await failpoint('order.capture.afterSell');
  return sold === 'SOLD' ? decision : { kind: 'REFUND', reason: 'ORDER_EXPIRED' };
}

function changeOf(order: Order, decision: CaptureDecision, captured: Captured, now: Date): OrderChange {
  const { paymentId, centAmount, currencyCode } = captured.data;
  const money: TimelineEntry = timelineEntry('PAYMENT_CAPTURED', now, {
    data: { paymentId, centAmount, currencyCode },
  });
  const version = order.version + 1;
  switch (decision.kind) {
    case 'CONFIRM':
    case 'REVIVE':
      return {
        before: order,
        after: { ...order, status: 'CONFIRMED', paymentId, confirmedAt: now, version },
        timeline: [money, timelineEntry('CONFIRMED', now)],
        published: [
          newEvent(events.orderConfirmed, {
            aggregateId: order.id,
            sequence: version,
            now,
            data: {
              orderId: order.id,
              number: order.number,
              customerId: order.customerId,
              currencyCode: order.currencyCode,
              totalCentAmount: order.totalCents,
              paymentId,
            },
          }),
        ],
      };
    case 'REFUND':
      return {
        before: order,
        after: { ...order, version },
        timeline: [money, timelineEntry('REFUND_REQUIRED', now, { data: { paymentId, reason: decision.reason } })],
        published: [refundRequired(order, captured, decision.reason, version, now)],
      };
    case 'NOTHING':
      return { before: order, after: { ...order, version }, timeline: [], published: [] };
  }
}

function refundRequired(order: Order, captured: Captured, reason: RefundReason, sequence: number, now: Date) {
  const { paymentId, centAmount, currencyCode } = captured.data;
  return newEvent(events.orderRefundRequired, {
    aggregateId: order.id,
    sequence,
    now,
    data: { orderId: order.id, paymentId, centAmount, currencyCode, reason },
  });
}
