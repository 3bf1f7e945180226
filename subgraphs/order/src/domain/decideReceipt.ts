import { illegalReturn } from './decideReturn.js';
import { withLines } from './fulfillmentStatus.js';
import { type OrderLine, orderLine } from './order.js';
import type { OrderReturn, ReturnLine } from './return.js';
import { returnMay } from './returnStates.js';
import { exchangeCostCents, refundableCents, refundableShippingCents, returnValueCents } from './returnValue.js';
import { change, refuse, replaced, replay, type Step, type WholeOrder } from './wholeOrder.js';

/** What arrived, and what inspection said of it. What is not named has not arrived. */
export interface Receipt {
  readonly lines: readonly {
    readonly lineId: string;
    readonly accepted: number;
    readonly rejected: number;
    readonly restock: boolean;
  }[];
  readonly refundShipping: boolean;
  readonly note: string | null;
}

/** What is wrong with a receipt; null when nothing is. The same receipt of a return that was received is a replay. */
export function receiptFault(back: OrderReturn, receipt: Receipt): Step | null {
  const { lines } = receipt;
  for (const [index, { lineId, accepted, rejected }] of lines.entries()) {
    const asked = back.lines.find((line) => line.lineId === lineId);
    if (asked === undefined)
      return refuse('NOT_FOUND', 'The return has no such line.', ['lines', `${index}`, 'lineId']);
    const field = ['lines', `${index}`, 'accepted'];
    if (accepted < 0 || rejected < 0) return refuse('INVALID', 'A quantity is not negative.', field);
    if (accepted + rejected > asked.quantity) {
      const message = `Only ${asked.quantity} were to come back: correct the quantities.`;
      return refuse('QUANTITY_EXCEEDS_ORDERED', message, field);
    }
  }
  if (new Set(lines.map(({ lineId }) => lineId)).size < lines.length) {
    return refuse('INVALID', 'Name each line once.', ['lines']);
  }
  if (back.receivedAt !== null) return isSame(back, receipt) ? replay : illegalReturn('RECEIVE', back);
  if (!returnMay('RECEIVE', back.status, 'staff')) return illegalReturn('RECEIVE', back);
  if (lines.every(({ accepted, rejected }) => accepted + rejected === 0)) {
    return refuse('INVALID', 'Say what has arrived. Cancel the return when nothing does.', ['lines']);
  }
  return null;
}

/**
 * The goods are there and inspected. What was accepted is given back: in money, or (`exchangeable` lines, whose stock is
 * held) as a new line that the return pays for and that waits for its parcel, with the difference in money. Never more than
 * the order cost. Nothing to give back closes the return at once.
 */
export function decideReceipt(
  order: WholeOrder,
  back: OrderReturn,
  receipt: Receipt,
  setting: { readonly now: Date; readonly exchangeable: ReadonlySet<string>; readonly newLineId: () => string },
): Step {
  const fault = receiptFault(back, receipt);
  if (fault !== null) return fault;
  const { now, exchangeable, newLineId } = setting;
  let left = refundableCents(order);
  let lines = order.lines;
  const made: OrderLine[] = [];
  const inspected = back.lines.map((asked): ReturnLine => {
    const got = receipt.lines.find(({ lineId }) => lineId === asked.lineId);
    const line = order.lines.find(({ id }) => id === asked.lineId);
    if (got === undefined || line === undefined) return { ...asked, exchange: null };
    const { accepted, rejected, restock } = got;
    const exchange = accepted > 0 && exchangeable.has(asked.lineId) ? asked.exchange : null;
    const cost = exchange === null ? 0 : exchangeCostCents(order, line, exchange.unitPriceCents, accepted);
    const value = returnValueCents(order, line, accepted);
    const refundCents = Math.min(left, Math.max(0, value - cost));
    left -= refundCents;
    lines = replaced(lines, {
      ...line,
      quantityReturned: line.quantityReturned + accepted,
      refundedCents: line.refundedCents + value,
    });
    if (exchange !== null) made.push(exchanged(line, exchange, accepted, cost, back.id, newLineId()));
    return { ...asked, accepted, rejected, restock, exchange, refundCents };
  });
  const shippingRefundCents = receipt.refundShipping ? Math.min(left, refundableShippingCents(order)) : 0;
  const refundCents = inspected.reduce((sum, line) => sum + line.refundCents, shippingRefundCents);
  const received: OrderReturn = {
    ...back,
    status: refundCents === 0 ? 'CLOSED' : 'RECEIVED',
    lines: inspected,
    receiptNote: receipt.note,
    refundCents,
    shippingRefundCents,
    stockHeldUntil: made.length > 0 ? null : back.stockHeldUntil,
    receivedAt: now,
    endedAt: refundCents === 0 ? now : null,
  };
  const all = [...lines, ...made];
  const covered = made.reduce((sum, line) => sum + line.discountCents, 0);
  const after: WholeOrder = {
    ...order,
    lines: all,
    returns: replaced(order.returns, received),
    subtotalCents: order.subtotalCents + covered,
    discountCents: order.discountCents + covered,
    extraStockIds: made.length > 0 ? [...order.extraStockIds, back.id] : order.extraStockIds,
  };
  return change(withLines(after, all, now));
}

/** The line of an article in exchange: its price is taken off again, as the return pays it. */
function exchanged(
  line: OrderLine,
  article: NonNullable<ReturnLine['exchange']>,
  quantity: number,
  coveredCents: number,
  returnId: string,
  id: string,
): OrderLine {
  const discountCents = article.unitPriceCents * quantity;
  return {
    ...orderLine({
      ...article,
      id,
      quantity,
      discountCents,
      taxCents: 0,
      taxBasisPoints: line.taxBasisPoints,
      totalCents: 0,
    }),
    coveredCents,
    exchangeOf: returnId,
  };
}

function isSame(back: OrderReturn, receipt: Receipt): boolean {
  return (
    back.receiptNote === receipt.note &&
    back.lines.every((line) => {
      const got = receipt.lines.find(({ lineId }) => lineId === line.lineId);
      const { accepted, rejected } = got ?? { accepted: 0, rejected: 0 };
      return (
        line.accepted === accepted && line.rejected === rejected && line.restock === (got?.restock ?? line.restock)
      );
    })
  );
}
