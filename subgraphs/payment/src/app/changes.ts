import { setTimeout as delay } from 'node:timers/promises';
import { type EventEnvelope, events, newEvent } from '@souk/events';
import { newId } from '@souk/runtime';
import type { IntentDecision } from '../domain/decideIntent.js';
import type { RefundNewsDecision } from '../domain/decideRefund.js';
import { captureTransaction } from '../domain/ledger.js';
import type { HistoryEntry, Payment } from '../domain/payment.js';
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
    case 'CAPTURE':
      return {
        ...base,
        ledger: [captureTransaction(after.id, after.provider, after.capturedCents)],
        history: [historyEntry('payment.captured', now, { amountCents: after.capturedCents, providerEventId })],
        published: [capturedEvent(after, now)],
      };
    case 'FAIL':
      return {
        ...base,
        history: [historyEntry('payment.failed', now, { providerEventId })],
        published: [failedEvent(after, now)],
      };
    case 'CANCEL':
      return { ...base, history: [historyEntry('intent.cancelled', now, { providerEventId })] };
    case 'LEARN':
      return { ...base, history: [historyEntry('intent.created', now, { amountCents: after.amountCents })] };
    case 'MOVE': {
      const type = `payment.${after.state.toLowerCase()}`;
      return { ...base, history: [historyEntry(type, now, { providerEventId })] };
    }
  }
}

/** Everything that a decision about a refund writes. */
export function refundChange(
  before: Payment,
  decision: Exclude<RefundNewsDecision, { kind: 'NOTHING' }>,
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

function capturedEvent(after: Payment, now: Date): EventEnvelope {
  return newEvent(events.paymentCaptured, {
    aggregateId: after.id,
    sequence: after.version,
    now,
    data: {
      paymentId: after.id,
      orderId: after.orderId,
      centAmount: after.capturedCents,
      currencyCode: after.currencyCode,
      provider: after.provider,
      capturedAt: now.toISOString(),
    },
  });
}

function failedEvent(after: Payment, now: Date): EventEnvelope {
  return newEvent(events.paymentFailed, {
    aggregateId: after.id,
    sequence: after.version,
    now,
    data: { paymentId: after.id, orderId: after.orderId, failureCode: after.failureCode ?? 'unknown' },
  });
}

function refundedEvent(
  after: Payment,
  refund: { id: string; amountCents: number; initiatedBy: 'STAFF' | 'COMPENSATION' | 'PROVIDER' },
  now: Date,
): EventEnvelope {
  return newEvent(events.paymentRefunded, {
    aggregateId: after.id,
    sequence: after.version,
    now,
    data: {
      paymentId: after.id,
      refundId: refund.id,
      orderId: after.orderId,
      centAmount: refund.amountCents,
      currencyCode: after.currencyCode,
      initiatedBy: refund.initiatedBy,
    },
  });
}

const ATTEMPTS = 60;

/**
 * Reads, decides and writes until the write meets the version that was read. Each loser of a race means that another change has got
 * through. `step` answers undefined to be called again.
 */
export async function untilApplied<T>(what: string, step: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const result = await step();
    if (result !== undefined) return result;
    await delay(Math.random() * Math.min(attempt * 4, 60));
  }
  throw new Error(`${what} changed ${ATTEMPTS} times while it was being decided on`);
}
