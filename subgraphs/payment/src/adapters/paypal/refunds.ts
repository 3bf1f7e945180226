import { ProviderRefused } from '../../app/ports.js';
import type { RefundSnapshot } from '../../domain/decideRefund.js';
import type { Payment, Refund } from '../../domain/payment.js';
import { amountOf } from './orderRequest.js';
import type { PaypalApi } from './paypalApi.js';
import { isTaken, leftOf, type PaypalOrder, partsOf, readOrder, refundMark, refundSnapshots } from './snapshots.js';

/**
 * Every refund of an order. One of ours that is not there as a whole yet (PayPal refunds captures, and it may need several) is PENDING,
 * however far its parts are.
 */
export function refundsOf(order: PaypalOrder, payment: Payment): RefundSnapshot[] {
  return refundSnapshots(order).map((snapshot) => {
    const wanted = payment.refunds.find(({ id }) => id === snapshot.refundId)?.amountCents ?? snapshot.amountCents;
    return snapshot.state === 'SUCCEEDED' && snapshot.amountCents < wanted
      ? { ...snapshot, state: 'PENDING' }
      : snapshot;
  });
}

/** Whether all of a refund is on its way, and only PayPal's answer is missing. */
export const isWhole = (order: PaypalOrder, refund: Refund): boolean =>
  partsOf(order, refund.id).reduce((sum, part) => sum + part.amount.cents, 0) >= refund.amountCents;

/**
 * Gives a refund's amount back, in as many parts as captures are needed for it. Parts that are there already are not made again, and each has a
 * request id made of the refund, the capture and the amount.
 */
export async function makeRefund(
  api: PaypalApi,
  first: PaypalOrder,
  payment: Payment,
  refund: Refund,
  key: string,
): Promise<RefundSnapshot> {
  let missing = refund.amountCents - partsOf(first, refund.id).reduce((sum, part) => sum + part.amount.cents, 0);
  const captures = first.captures.filter(isTaken).map((capture) => ({ id: capture.id, left: leftOf(first, capture) }));
  // One capture that has enough, if there is one, so that the refund stays in one piece.
  const fitting = captures.find(({ left }) => left >= missing);
  const turn = fitting === undefined ? captures : [fitting];
  if (turn.reduce((sum, { left }) => sum + left, 0) < missing) {
    throw new ProviderRefused('REFUND_AMOUNT_EXCEEDED', `PayPal holds less than refund ${refund.id} asks for`);
  }
  for (const { id: captureId, left } of turn) {
    const cents = Math.min(missing, left);
    if (cents <= 0) continue;
    const body = { amount: amountOf(cents, payment.currencyCode), customId: refundMark(payment.id, refund.id) };
    const paypalRequestId = `${key}:${captureId}:${cents}`;
    await api.ask(({ payments }) => payments.refundCapturedPayment({ captureId, body, paypalRequestId }));
    missing -= cents;
  }
  const order = readOrder(await api.ask(({ orders }) => orders.getOrder({ id: first.id })));
  const made = refundsOf(order, {
    ...payment,
    refunds: [...payment.refunds.filter(({ id }) => id !== refund.id), refund],
  }).find((one) => one.refundId === refund.id);
  if (made === undefined) throw new Error(`PayPal does not show refund ${refund.id}, which it has just made`);
  return made;
}
