import { events, newEvent } from '@souk/events';
import { newId, ServiceUnavailable } from '@souk/runtime';
import { decideReceipt, type Receipt, receiptFault } from '../domain/decideReceipt.js';
import type { OrderReturn } from '../domain/return.js';
import { refuse, type WholeOrder } from '../domain/wholeOrder.js';
import { stockUnavailable } from './approveReturn.js';
import { changeReturn } from './changeReturn.js';
import { nothing, type Told, type WholeResult } from './changeWhole.js';
import { holdExchange, type WantedInExchange } from './holdExchange.js';
import { invalid, textFault } from './inputFaults.js';
import { returnEvent } from './parcelEvents.js';
import { type ReleaseHoldDeps, releaseHold } from './releaseHolds.js';
import { timelineEntry } from './timelineEntry.js';

const MAX_NOTE = 2_000;
/** Longer than `return.received` takes to sell what is held. */
const SELL_WITHIN_MS = 24 * 3_600_000;

/**
 * Books returned goods in: publishes `return.received` (accepted goods go back on sale, articles in exchange are sold) and, when money
 * is to be given back, `order.refund_required` for this return. What was accepted for an exchange becomes a new line of the order
 * if the article is still to be had (held anew when the hold had lapsed), else money. The same receipt again changes nothing.
 * The caller has checked that the viewer is staff.
 */
export const receiveReturn =
  (deps: ReleaseHoldDeps) =>
  async (id: string, command: Receipt): Promise<WholeResult> => {
    const receipt: Receipt = { ...command, note: command.note?.trim() || null };
    const fault = textFault(receipt.note, MAX_NOTE, ['note']);
    if (fault !== null) return invalid(fault);
    const result = await changeReturn(deps)(id, async (order, back) => {
      const refusal = receiptFault(back, receipt);
      if (refusal !== null) return { step: refusal, tell: nothing };
      const now = deps.clock();
      const wanted = acceptedForExchange(back, receipt);
      if (wanted.length > 0 && order.openEdit !== null) return { step: editWaits, tell: nothing };
      let exchangeable: ReadonlySet<string>;
      try {
        exchangeable = await holdExchange(deps.exchangeStock, id, wanted, new Date(now.getTime() + SELL_WITHIN_MS));
      } catch (error) {
        if (!(error instanceof ServiceUnavailable)) throw error;
        return { step: stockUnavailable, tell: nothing };
      }
      const setting = { now, exchangeable, newLineId: () => newId('oln', now) };
      return {
        step: decideReceipt(order, back, receipt, setting),
        tell: (after) => tell(after, id, exchangeable.size < wanted.length, now),
      };
    });
    const exchanged = result.ok && result.order.lines.some(({ exchangeOf }) => exchangeOf === id);
    return exchanged ? result : releaseHold(deps, result, id);
  };

/** The edit was planned for the order's sums as they are, and an exchange changes them. */
const editWaits = refuse(
  'CONFLICT',
  'A change of this order waits for its payment: book the exchange in when it is paid or called off.',
);

function acceptedForExchange(back: OrderReturn, receipt: Receipt): WantedInExchange[] {
  return back.lines.flatMap(({ lineId, exchange }) => {
    const quantity = receipt.lines.find((line) => line.lineId === lineId)?.accepted ?? 0;
    return exchange === null || quantity === 0 ? [] : [{ lineId, quantity, exchange }];
  });
}

function tell(after: WholeOrder, id: string, someGone: boolean, now: Date): Told {
  const back = after.returns.find((one) => one.id === id);
  if (back === undefined) throw new Error(`order ${after.id} lost its return ${id}`);
  const data = { returnId: id, number: back.number };
  const event = returnEvent(after, id, now);
  const isExchanged = after.lines.some(({ exchangeOf }) => exchangeOf === id);
  const received = newEvent(events.returnReceived, {
    ...event,
    data: { ...event.data, restock: restockOf(after, back), stockIds: isExchanged ? [id] : [] },
  });
  return {
    timeline: [
      timelineEntry('RETURN_RECEIVED', now, { data }),
      ...(someGone ? [timelineEntry('EXCHANGE_UNAVAILABLE', now, { data })] : []),
      ...(back.refundCents > 0
        ? [timelineEntry('REFUND_REQUIRED', now, { data: { ...data, reason: 'RETURN', centAmount: back.refundCents } })]
        : [timelineEntry('RETURN_CLOSED', now, { data })]),
    ],
    published: back.refundCents > 0 ? [received, refundRequired(after, back, now)] : [received],
  };
}

/** Accepted goods that go back on sale, by variant. */
function restockOf(order: WholeOrder, back: OrderReturn): { variantId: string; quantity: number }[] {
  const units = new Map<string, number>();
  for (const { lineId, accepted, restock } of back.lines) {
    const variantId = order.lines.find((line) => line.id === lineId)?.variantId;
    if (!restock || accepted === 0 || variantId === undefined) continue;
    units.set(variantId, (units.get(variantId) ?? 0) + accepted);
  }
  return [...units].map(([variantId, quantity]) => ({ variantId, quantity }));
}

function refundRequired(order: WholeOrder, back: OrderReturn, now: Date) {
  if (order.paymentId === null) throw new Error(`order ${order.id} was delivered without a payment`);
  return newEvent(events.orderRefundRequired, {
    aggregateId: order.id,
    sequence: order.version,
    now,
    data: {
      orderId: order.id,
      paymentId: order.paymentId,
      centAmount: back.refundCents,
      currencyCode: order.currencyCode,
      reason: 'RETURN',
      returnId: back.id,
    },
  });
}
