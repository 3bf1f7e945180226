import { expectedUnits, quantitiesFault } from './decideFulfillment.js';
import { isLegal, returnWindowIsOver } from './orderStates.js';
import type { ExchangeArticle, OrderReturn, ReturnReason } from './return.js';
import { type ReturnActor, type ReturnTransition, returnMay } from './returnStates.js';
import { exchangeCostCents, lineValueCents } from './returnValue.js';
import { change, refuse, replaced, replay, type Step, spoken, type WholeOrder } from './wholeOrder.js';

export interface ReturnRequest {
  readonly id: string;
  readonly lines: readonly {
    readonly lineId: string;
    readonly quantity: number;
    readonly exchange: ExchangeArticle | null;
  }[];
  readonly reason: ReturnReason;
  readonly note: string | null;
  readonly key: string;
  readonly inputHash: string;
}

/** Whether this request was made before: then it is answered as before. Null when it is new. */
export function earlierRequest(order: WholeOrder, key: string, inputHash: string): Step | null {
  const earlier = order.returns.find((one) => one.key === key);
  if (earlier === undefined) return null;
  const message = 'This key was used for another return. Use a new key for each return.';
  return earlier.inputHash === inputHash
    ? replay
    : refuse('IDEMPOTENCY_KEY_REUSED', message, ['input', 'idempotencyKey']);
}

/** A customer wants to send something back: of what was shipped, and is not on its way back already. */
export function decideReturnRequest(
  order: WholeOrder,
  request: ReturnRequest,
  by: 'customer' | 'staff',
  setting: { readonly now: Date; readonly returnWindowMs: number },
): Step {
  const earlier = earlierRequest(order, request.key, request.inputHash);
  if (earlier !== null) return earlier;
  if (returnWindowIsOver(order, setting.now, setting.returnWindowMs)) {
    return refuse('RETURN_WINDOW_CLOSED', 'The time for returning this order is over.', ['input', 'orderId']);
  }
  if (!isLegal('REQUEST_RETURN', order, by)) {
    const why = order.status === 'CONFIRMED' ? spoken(order.fulfillmentStatus) : spoken(order.status);
    return refuse('ILLEGAL_TRANSITION', `Nothing of an order that is ${why} can be returned.`, ['input', 'orderId']);
  }
  const open = expectedUnits(order);
  const returnable = (line: WholeOrder['lines'][number]) =>
    line.quantityFulfilled - line.quantityReturned - (open.get(line.id) ?? 0);
  const fault =
    quantitiesFault(order, request.lines, returnable, 'shipped and not being returned') ?? tooDear(order, request);
  if (fault !== null) return inInput(fault);
  const made: OrderReturn = {
    ...request,
    number: `${order.number}-R${order.returns.length + 1}`,
    status: 'REQUESTED',
    declineReason: null,
    receiptNote: null,
    lines: request.lines.map((line) => ({ ...line, accepted: 0, rejected: 0, restock: true, refundCents: 0 })),
    refundCents: 0,
    shippingRefundCents: 0,
    refundedCents: 0,
    stockHeldUntil: null,
    requestedAt: setting.now,
    approvedAt: null,
    receivedAt: null,
    endedAt: null,
  };
  return change({ ...order, returns: [...order.returns, made] });
}

/** An exchange must be covered by what comes back, unit for unit: there is nothing to pay in a return. */
function tooDear(order: WholeOrder, { lines }: ReturnRequest): Step | null {
  for (const [index, { lineId, exchange }] of lines.entries()) {
    const line = order.lines.find(({ id }) => id === lineId);
    if (exchange === null || line === undefined) continue;
    const unitValue = Math.floor(lineValueCents(order, line) / line.quantity);
    if (exchangeCostCents(order, line, exchange.unitPriceCents, 1) <= unitValue) continue;
    const message =
      'This article costs more than the one that comes back: return it for a refund and place a new order.';
    return refuse('EXCHANGE_NOT_COVERED', message, ['lines', `${index}`, 'exchangeVariantId']);
  }
  return null;
}

/** Staff agree. `exchangeable` are the lines whose article in exchange is held for the customer: the others become a refund. */
export function decideApproval(
  order: WholeOrder,
  back: OrderReturn,
  held: { readonly lineIds: ReadonlySet<string>; readonly until: Date },
  now: Date,
): Step {
  if (back.status === 'APPROVED') return replay;
  if (!returnMay('APPROVE', back.status, 'staff')) return illegalReturn('APPROVE', back);
  const lines = back.lines.map((line) => (held.lineIds.has(line.lineId) ? line : { ...line, exchange: null }));
  return change({
    ...order,
    returns: replaced(order.returns, {
      ...back,
      status: 'APPROVED',
      lines,
      stockHeldUntil: held.lineIds.size > 0 ? held.until : null,
      approvedAt: now,
    }),
  });
}

/** Staff do not agree. */
export function decideDecline(order: WholeOrder, back: OrderReturn, reason: string, now: Date): Step {
  if (back.status === 'DECLINED' && back.declineReason === reason) return replay;
  if (!returnMay('DECLINE', back.status, 'staff')) return illegalReturn('DECLINE', back);
  const ended: OrderReturn = { ...back, status: 'DECLINED', declineReason: reason, endedAt: now };
  return change({ ...order, returns: replaced(order.returns, ended) });
}

/** It is called off before the goods are there. */
export function decideReturnCancellation(order: WholeOrder, back: OrderReturn, by: ReturnActor, now: Date): Step {
  if (back.status === 'CANCELLED') return replay;
  if (!returnMay('CANCEL', back.status, by)) return illegalReturn('CANCEL', back);
  return change({ ...order, returns: replaced(order.returns, { ...back, status: 'CANCELLED', endedAt: now }) });
}

/**
 * Money for a return is back: the first of it closes the return, and all of it is counted (it may come from several payments). What comes
 * for a return in another state changes nothing.
 */
export function decideClosing(order: WholeOrder, back: OrderReturn, centAmount: number, now: Date): Step {
  const closes = returnMay('CLOSE', back.status, 'system');
  const refundedCents = Math.min(back.refundedCents + centAmount, back.refundCents);
  if (!closes && (back.status !== 'CLOSED' || refundedCents === back.refundedCents)) return replay;
  const closed: OrderReturn = { ...back, status: 'CLOSED', refundedCents, endedAt: back.endedAt ?? now };
  return change({ ...order, returns: replaced(order.returns, closed) });
}

/** Staff gave it back otherwise: in cash, or by capturing less. */
export function decideClosingByHand(order: WholeOrder, back: OrderReturn, now: Date): Step {
  if (back.status === 'CLOSED') return replay;
  if (!returnMay('CLOSE', back.status, 'staff')) return illegalReturn('CLOSE', back);
  return change({ ...order, returns: replaced(order.returns, { ...back, status: 'CLOSED', endedAt: now }) });
}

export function illegalReturn(transition: ReturnTransition, back: OrderReturn): Step {
  const done = { APPROVE: 'approved', DECLINE: 'declined', CANCEL: 'cancelled', RECEIVE: 'received', CLOSE: 'closed' };
  return refuse('ILLEGAL_TRANSITION', `A return that is ${spoken(back.status)} cannot be ${done[transition]}.`);
}

function inInput(step: Step): Step {
  if (step.kind !== 'REFUSE') return step;
  return { ...step, refusal: { ...step.refusal, field: ['input', ...(step.refusal.field ?? [])] } };
}
