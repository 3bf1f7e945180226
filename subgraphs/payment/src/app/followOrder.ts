import { createHash } from 'node:crypto';
import type { EventOf, events } from '@souk/events';
import { newId } from '@souk/runtime';
import { decideGiveBack } from '../domain/decideGiveBack.js';
import { decideRefundRequest } from '../domain/decideRefund.js';
import { capturableCents, isPartOfTransfer, type Payment, type Refund, refundableCents } from '../domain/payment.js';
import { historyEntry, untilApplied } from './changes.js';
import type { ExecuteRefund } from './executeRefund.js';
import type { Clock, PaymentChange, PaymentStore } from './ports.js';
import { REFUND_LEASE_MS } from './refundPayment.js';

export interface FollowOrderDeps {
  readonly payments: PaymentStore;
  readonly executeRefund: ExecuteRefund;
  readonly clock: Clock;
  /** Starts a round of the reconciliation now. */
  readonly wakeSettling: () => void;
}

type Ended = EventOf<typeof events.orderExpired> | EventOf<typeof events.orderCancelled>;
type EditLapsed = EventOf<typeof events.orderEditLapsed>;
type RefundRequired = EventOf<typeof events.orderRefundRequired>;

/** What an event asks of a payment. */
interface Wish {
  /** Minor units to give back; null: everything, and nothing more is to come. */
  readonly giveBackCents: number | null;
  readonly initiatedBy: 'COMPENSATION' | 'CUSTOMER_RETURN';
  readonly returnId: string | null;
}

const EVERYTHING: Wish = { giveBackCents: null, initiatedBy: 'COMPENSATION', returnId: null };

/**
 * An order expired or was cancelled: its live intents are cancelled at the provider, so that nobody pays for it. What was captured for
 * a cancelled order goes back. What was authorized or captured for an expired one is left to the order service, which hears of it
 * and either revives the order or asks for the money to go back. A part of a transfer was never told to it, and goes back.
 */
export const followOrderEnd = (deps: FollowOrderDeps) => (event: Ended) =>
  follow(deps, event.data.orderId, event.id, (payment) => {
    const leftToOrder = payment.state === 'AUTHORIZED' || (payment.state === 'CAPTURED' && !isPartOfTransfer(payment));
    return event.type === 'order.expired' && leftToOrder ? undefined : EVERYTHING;
  });

/**
 * A change of an order that waited for its payment will not happen: the live intent of that payment is cancelled. What was authorized or
 * captured for it is left to the order service, which hears of it and asks for the money to go back.
 */
export const followEditLapsed =
  (deps: FollowOrderDeps) =>
  ({ id, data }: EditLapsed) =>
    follow(deps, data.orderId, id, (payment) => {
      const leftToOrder = payment.state === 'AUTHORIZED' || payment.state === 'CAPTURED';
      return payment.purposeId === data.editId && !leftToOrder ? EVERYTHING : undefined;
    });

/**
 * Money that an order cannot keep, or does not keep after a change or a return: it goes back, keyed by the event, once. An order whose
 * change was paid has several payments: what the named one no longer has of the price of goods comes from the others. Money that
 * should not have come goes back from the payment that brought it, and from no other.
 */
export const followRefundRequired =
  (deps: FollowOrderDeps) =>
  ({ id, data }: RefundRequired) =>
    follow(deps, data.orderId, id, (payment, payments) => {
      const giveBackCents = sharesOf(data, payments).get(payment.id);
      const initiatedBy = data.returnId === null ? 'COMPENSATION' : 'CUSTOMER_RETURN';
      return giveBackCents === undefined ? undefined : { giveBackCents, initiatedBy, returnId: data.returnId };
    });

/** Reasons of `order.refund_required` that are about goods of an order that stays paid. */
const ABOUT_GOODS: ReadonlySet<string> = new Set(['LINES_CANCELLED', 'ORDER_EDITED']);

/** What of an amount each payment gives back: the named one first, then the others as far as they have it, the oldest first. */
function sharesOf(
  { paymentId, centAmount, reason, returnId }: RefundRequired['data'],
  payments: readonly Payment[],
): ReadonlyMap<string, number> {
  const named = payments.filter(({ id }) => id === paymentId);
  const others = returnId !== null || ABOUT_GOODS.has(reason) ? payments.filter(({ id }) => id !== paymentId) : [];
  const shares = new Map<string, number>();
  let left = centAmount;
  for (const payment of [...named, ...others]) {
    const share = Math.min(left, refundableCents(payment) + capturableCents(payment));
    // A named one that has nothing yet is cancelled, so that nothing comes.
    if (share > 0 || payment.id === paymentId) shares.set(payment.id, payment.id === paymentId ? left : share);
    left -= share;
  }
  return shares;
}

/**
 * Records everything that the event asks for together with its inbox row, at once; only then the provider is called. A crash in between
 * is repaired by the sweepers, which find what was recorded. Throws while a capture is under way (the event is delivered again).
 */
async function follow(
  deps: FollowOrderDeps,
  orderId: string,
  eventId: string,
  wishOf: (payment: Payment, payments: readonly Payment[]) => Wish | undefined,
): Promise<void> {
  const changes = await untilApplied<readonly Change[]>(`the payments of order ${orderId}`, async () => {
    const { payments, applied } = await deps.payments.forEvent(orderId, eventId);
    if (applied) return [];
    const decided = payments.flatMap((payment) => {
      const wish = wishOf(payment, payments);
      const change = wish && changeOf(payment, wish, `event:${eventId}:${payment.id}`, deps.clock());
      return change === undefined ? [] : [change];
    });
    const [first, ...more] = decided;
    if (first === undefined) {
      await deps.payments.markApplied(eventId);
      return [];
    }
    const done = await deps.payments.applyAll([{ ...first, causedBy: eventId }, ...more]);
    return done ? decided : undefined;
  });
  if (changes.some(({ after }) => after.cancelRequested)) deps.wakeSettling();
  for (const { after, refunds } of changes) {
    for (const refund of refunds) await deps.executeRefund(after, refund);
  }
}

type Change = PaymentChange & { readonly refunds: readonly Refund[] };

/** What a wish writes on a payment; undefined when there is nothing (left) to do. */
function changeOf(before: Payment, wish: Wish, requestKey: string, now: Date): Change | undefined {
  const decision = decideGiveBack(before, wish.giveBackCents);
  if (decision.kind === 'WAIT') throw new Error(`a capture of payment ${before.id} is under way`);
  const cancels = decision.cancel && !before.cancelRequested;
  const requested =
    decision.refundCents === 0 ? undefined : requestRefund(before, wish, decision.refundCents, requestKey, now);
  const releaseCents = decision.cancel ? 0 : decision.releaseCents;
  if (!cancels && releaseCents === 0 && requested === undefined) return undefined;
  const after: Payment = {
    ...(requested?.after ?? { ...before, version: before.version + 1 }),
    releasedCents: before.releasedCents + releaseCents,
    ...(cancels ? { cancelRequested: true, reconcileAt: now } : {}),
  };
  const history = [
    ...(cancels ? [historyEntry('intent.cancel_requested', now)] : []),
    ...(releaseCents > 0 ? [historyEntry('authorization.reduced', now, { amountCents: releaseCents })] : []),
    ...(requested ? [historyEntry('refund.requested', now, { amountCents: requested.refund.amountCents })] : []),
  ];
  return { before, after, history, refunds: requested ? [requested.refund] : [] };
}

function requestRefund(before: Payment, wish: Wish, amountCents: number, requestKey: string, now: Date) {
  const { initiatedBy, returnId } = wish;
  const inputHash = createHash('sha256').update(requestKey).digest('base64url');
  const wanted = { id: newId('ref', now), amountCents, reason: null, initiatedBy, returnId, requestKey, inputHash };
  const decision = decideRefundRequest(before, wanted, now, new Date(now.getTime() + REFUND_LEASE_MS));
  return decision.kind === 'RESERVE' ? decision : undefined;
}
