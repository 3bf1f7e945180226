import { createHash } from 'node:crypto';
import type { EventOf, events } from '@souk/events';
import { type Logger, newId } from '@souk/runtime';
import { decideRefundRequest } from '../domain/decideRefund.js';
import { isLive, type Payment, type Refund, refundableCents } from '../domain/payment.js';
import { historyEntry, untilApplied } from './changes.js';
import type { ExecuteRefund } from './executeRefund.js';
import type { Clock, PaymentStore } from './ports.js';
import { REFUND_LEASE_MS } from './refundPayment.js';

export interface FollowOrderDeps {
  readonly payments: PaymentStore;
  readonly executeRefund: ExecuteRefund;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Starts a round of the reconciliation now. */
  readonly wakeSettling: () => void;
}

type Ended = EventOf<typeof events.orderExpired> | EventOf<typeof events.orderCancelled>;
type RefundRequired = EventOf<typeof events.orderRefundRequired>;

/** What one event has led to. */
type Followed =
  | { readonly kind: 'NOTHING' }
  | { readonly kind: 'CANCELLING' }
  | { readonly kind: 'REFUND'; readonly payment: Payment; readonly refund: Refund };

/**
 * An order expired or was cancelled: a live intent is cancelled at the provider, so that nobody pays for it. What was captured for a
 * cancelled order goes back. What was captured for an expired one is left to the order service, which hears of every capture
 * and either revives the order or asks for the refund.
 */
export const followOrderEnd = (deps: FollowOrderDeps) => (event: Ended) =>
  follow(deps, event.data.orderId, event.id, (payment) =>
    event.type === 'order.cancelled' ? refundableCents(payment) : 0,
  );

/** Money came that an order cannot keep: it goes back, keyed by the event, once. */
export const followRefundRequired = (deps: FollowOrderDeps) => (event: RefundRequired) =>
  follow(deps, event.data.orderId, event.id, (payment) => Math.min(event.data.centAmount, refundableCents(payment)));

/**
 * Records what the event asks for together with its inbox row; only then the provider is called. A crash in between is repaired by the
 * sweepers, which find what was recorded.
 */
async function follow(
  deps: FollowOrderDeps,
  orderId: string,
  eventId: string,
  backCents: (payment: Payment) => number,
): Promise<void> {
  const followed = await untilApplied<Followed>(`the payment of order ${orderId}`, async () => {
    const { payment, applied } = await deps.payments.forEvent(orderId, eventId);
    if (applied) return { kind: 'NOTHING' };
    const now = deps.clock();
    if (payment !== undefined && isLive(payment)) {
      const after = { ...payment, cancelRequested: true, reconcileAt: now, version: payment.version + 1 };
      const history = [historyEntry('intent.cancel_requested', now)];
      const done = await deps.payments.apply({ before: payment, after, history, causedBy: eventId });
      return done ? { kind: 'CANCELLING' } : undefined;
    }
    const cents = payment === undefined ? 0 : backCents(payment);
    if (payment === undefined || cents === 0) {
      await deps.payments.markApplied(eventId);
      return { kind: 'NOTHING' };
    }
    return reserve(deps, payment, cents, eventId, now);
  });
  if (followed.kind === 'CANCELLING') deps.wakeSettling();
  if (followed.kind === 'REFUND') await deps.executeRefund(followed.payment, followed.refund);
}

async function reserve(
  deps: FollowOrderDeps,
  before: Payment,
  amountCents: number,
  eventId: string,
  now: Date,
): Promise<Followed | undefined> {
  const wanted = {
    id: newId('ref', now),
    amountCents,
    reason: null,
    initiatedBy: 'COMPENSATION' as const,
    requestKey: `event:${eventId}`,
    inputHash: createHash('sha256').update(eventId).digest('base64url'),
  };
  const decision = decideRefundRequest(before, wanted, now, new Date(now.getTime() + REFUND_LEASE_MS));
  if (decision.kind !== 'RESERVE') {
    deps.logger.warn({ paymentId: before.id, decision: decision.kind }, 'nothing to give back');
    await deps.payments.markApplied(eventId);
    return { kind: 'NOTHING' };
  }
  const { after, refund } = decision;
  const history = [historyEntry('refund.requested', now, { amountCents })];
  const done = await deps.payments.apply({ before, after, refunds: [refund], history, causedBy: eventId });
  return done ? { kind: 'REFUND', payment: after, refund } : undefined;
}
