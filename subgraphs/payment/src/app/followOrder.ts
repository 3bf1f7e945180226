import { createHash } from 'node:crypto';
import type { EventOf, events } from '@souk/events';
import { newId } from '@souk/runtime';
import { decideGiveBack } from '../domain/decideGiveBack.js';
import { decideRefundRequest } from '../domain/decideRefund.js';
import type { Payment, Refund } from '../domain/payment.js';
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
 * and either revives the order or asks for the money to go back.
 */
export const followOrderEnd = (deps: FollowOrderDeps) => (event: Ended) =>
  follow(deps, event.data.orderId, event.id, (payment) => {
    const leftToOrder = payment.state === 'AUTHORIZED' || payment.state === 'CAPTURED';
    return event.type === 'order.expired' && leftToOrder ? undefined : EVERYTHING;
  });

/** Money that an order cannot keep, or does not keep after a change or a return: it goes back, keyed by the event, once. */
export const followRefundRequired =
  (deps: FollowOrderDeps) =>
  ({ id, data }: RefundRequired) =>
    follow(deps, data.orderId, id, (payment) =>
      payment.id === data.paymentId
        ? {
            giveBackCents: data.centAmount,
            initiatedBy: data.returnId === null ? 'COMPENSATION' : 'CUSTOMER_RETURN',
            returnId: data.returnId,
          }
        : undefined,
    );

/** What was recorded, and is still to be done at the provider. */
interface ToDo {
  cancelling: boolean;
  readonly refunds: { readonly payment: Payment; readonly refund: Refund }[];
}

/**
 * Records what the event asks for, the last part of it together with its inbox row; only then the provider is called. A crash in between
 * is repaired: parts that were recorded are not recorded again, and the sweepers find them. Throws while a capture is
 * under way (the event is delivered again).
 */
async function follow(
  deps: FollowOrderDeps,
  orderId: string,
  eventId: string,
  wishOf: (payment: Payment) => Wish | undefined,
): Promise<void> {
  const todo: ToDo = { cancelling: false, refunds: [] };
  await untilApplied(`the payments of order ${orderId}`, async () => {
    const { payments, applied } = await deps.payments.forEvent(orderId, eventId);
    if (applied) return true;
    const changes = payments.flatMap((payment) => {
      const wish = wishOf(payment);
      const change = wish && changeOf(payment, wish, `event:${eventId}:${payment.id}`, deps.clock());
      return change === undefined ? [] : [change];
    });
    const [change, ...more] = changes;
    if (change === undefined) {
      await deps.payments.markApplied(eventId);
      return true;
    }
    const causedBy = more.length === 0 ? eventId : undefined;
    if (!(await deps.payments.apply({ ...change, causedBy }))) return undefined;
    if (change.after.cancelRequested) todo.cancelling = true;
    for (const refund of change.refunds) todo.refunds.push({ payment: change.after, refund });
    return more.length === 0 || undefined;
  });
  if (todo.cancelling) deps.wakeSettling();
  for (const { payment, refund } of todo.refunds) await deps.executeRefund(payment, refund);
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
