import { type EventEnvelope, events, newEvent } from '@souk/events';
import { newId, pauseUpTo } from '@souk/runtime';
import type { Dispute } from '../domain/decideDispute.js';
import type { IntentDecision } from '../domain/decideIntent.js';
import type { RefundNewsDecision } from '../domain/decideRefund.js';
import { captureTransaction } from '../domain/ledger.js';
import type { HistoryEntry, Payment, Refund } from '../domain/payment.js';
import type { PaymentChange } from './ports.js';

/** What told us: the webhook and the provider's event id, or the event of another service. */
export interface Cause {
  readonly webhookId?: string | undefined;
  readonly providerEventId?: string | undefined;
  readonly causedBy?: string | undefined;
}

export function historyEntry(
  type: string,
  createdAt: Date,
  parts: { amountCents?: number; providerEventId?: string | undefined } = {},
): HistoryEntry {
  const { amountCents = null, providerEventId = null } = parts;
  return { id: newId('pev', createdAt), type, amountCents, providerEventId, createdAt };
}

/** Everything that a decision about an intent writes. */
export function intentChange(
  before: Payment,
  decision: Exclude<IntentDecision, { kind: 'NOTHING' }>,
  now: Date,
  cause: Cause,
): PaymentChange {
  const { after } = decision;
  const { webhookId, providerEventId, causedBy } = cause;
  const base = { before, after, webhookId, causedBy };
  switch (decision.kind) {
    case 'CAPTURE': {
      const amountCents = decision.newlyCapturedCents;
      return {
        ...base,
        ledger: [captureTransaction(after.id, after.provider, amountCents, before.capturedCents)],
        history: [historyEntry('payment.captured', now, { amountCents, providerEventId })],
        published: [capturedEvent(after, amountCents, now)],
      };
    }
    case 'AUTHORIZE':
      return {
        ...base,
        history: [historyEntry('payment.authorized', now, { amountCents: after.authorizedCents, providerEventId })],
        published: [authorizedEvent(after, now)],
      };
    case 'VOID':
      return {
        ...base,
        history: [historyEntry('payment.voided', now, { amountCents: before.authorizedCents, providerEventId })],
        published: [voidedEvent(after, now)],
      };
    case 'FAIL':
      return {
        ...base,
        history: [historyEntry('payment.failed', now, { providerEventId })],
        published: [failedEvent(after, now)],
      };
    case 'CANCEL':
      return { ...base, history: [historyEntry('intent.cancelled', now, { providerEventId })] };
    case 'LEARN': {
      const type = before.providerReference === null ? 'intent.created' : 'intent.updated';
      return { ...base, history: [historyEntry(type, now, { amountCents: after.amountCents })] };
    }
    case 'MOVE': {
      const type = after.state === 'CAPTURED' ? 'authorization.released' : `payment.${after.state.toLowerCase()}`;
      return { ...base, history: [historyEntry(type, now, { providerEventId })] };
    }
  }
}

/** Everything that a decision about a refund writes. */
export function refundChange(
  before: Payment,
  decision: Exclude<RefundNewsDecision, { kind: 'NOTHING' | 'EARLY' }>,
  now: Date,
  cause: Cause,
): PaymentChange {
  const { after, refund, ledger } = decision;
  const { webhookId, providerEventId, causedBy } = cause;
  const type = `refund.${decision.kind.toLowerCase()}`;
  return {
    before,
    after,
    webhookId,
    causedBy,
    refunds: [refund],
    ledger,
    history: [historyEntry(type, now, { amountCents: refund.amountCents, providerEventId })],
    published: decision.kind === 'SUCCEEDED' ? [refundedEvent(after, refund, now)] : [],
  };
}

export function capturedEvent(after: Payment, centAmount: number, now: Date): EventEnvelope {
  return newEvent(events.paymentCaptured, {
    ...headOf(after, now),
    data: {
      ...aboutOf(after),
      centAmount,
      authorizedCentAmount: after.authorizedCents,
      currencyCode: after.currencyCode,
      provider: after.provider,
      capturedAt: now.toISOString(),
    },
  });
}

function authorizedEvent(after: Payment, now: Date): EventEnvelope {
  return newEvent(events.paymentAuthorized, {
    ...headOf(after, now),
    data: {
      ...aboutOf(after),
      centAmount: after.authorizedCents,
      currencyCode: after.currencyCode,
      provider: after.provider,
      authorizedUntil: after.authorizedUntil?.toISOString() ?? null,
    },
  });
}

function voidedEvent(after: Payment, now: Date): EventEnvelope {
  const reason = after.cancelRequested ? 'REQUESTED' : 'ENDED_AT_PROVIDER';
  return newEvent(events.paymentVoided, {
    ...headOf(after, now),
    data: { ...aboutOf(after), provider: after.provider, reason },
  });
}

function failedEvent(after: Payment, now: Date): EventEnvelope {
  return newEvent(events.paymentFailed, {
    ...headOf(after, now),
    data: { ...aboutOf(after), failureCode: after.failureCode ?? 'unknown' },
  });
}

function refundedEvent(after: Payment, refund: Refund, now: Date): EventEnvelope {
  return newEvent(events.paymentRefunded, {
    ...headOf(after, now),
    data: {
      ...aboutOf(after),
      refundId: refund.id,
      centAmount: refund.amountCents,
      currencyCode: after.currencyCode,
      initiatedBy: refund.initiatedBy,
      returnId: refund.returnId,
    },
  });
}

export function disputedEvent(after: Payment, dispute: Dispute, now: Date): EventEnvelope {
  const { paymentId, orderId } = aboutOf(after);
  return newEvent(events.paymentDisputed, {
    ...headOf(after, now),
    data: {
      paymentId,
      orderId,
      disputeId: dispute.id,
      centAmount: dispute.amountCents,
      currencyCode: after.currencyCode,
      state: dispute.state,
      reason: dispute.reason,
    },
  });
}

const headOf = (after: Payment, now: Date) => ({ aggregateId: after.id, sequence: after.version, now });
const aboutOf = (after: Payment) => ({ paymentId: after.id, orderId: after.orderId, purposeId: after.purposeId });

const ATTEMPTS = 60;

/**
 * Reads, decides and writes until the write meets the version that was read. Each loser of a race means that another change has got
 * through. `step` answers undefined to be called again.
 */
export async function untilApplied<T>(what: string, step: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const result = await step();
    if (result !== undefined) return result;
    await pauseUpTo(Math.min(attempt * 4, 60));
  }
  throw new Error(`${what} changed ${ATTEMPTS} times while it was being decided on`);
}
