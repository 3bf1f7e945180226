import { randomId } from '../core/randomId.js';
import { disputeReversalTransaction, disputeTransaction } from './balance.js';
import type { Effects } from './effects.js';
import { invalidRequest } from './failure.js';
import type { ChargeRecord, DisputeRecord } from './records.js';

/** A shopper's bank takes a charge back. Refuses what is not captured, disputed already, or more than was captured. */
export function openDispute(
  before: ChargeRecord,
  options: { amount: number; reason: string; now: number },
): Effects & { dispute: DisputeRecord } {
  if (!before.captured) throw invalidRequest(`Charge ${before.id} was not captured, there is nothing to dispute.`);
  if (before.disputed) throw invalidRequest(`Charge ${before.id} has been disputed already.`);
  if (options.amount < 1 || options.amount > before.amountCaptured) {
    throw invalidRequest('The dispute must be about an amount between 1 and what was captured.', { param: 'amount' });
  }
  const plain = {
    id: randomId('du_1'),
    created: options.now,
    amount: options.amount,
    currency: before.currency,
    charge: before.id,
    paymentIntent: before.paymentIntent,
    reason: options.reason,
    status: 'needs_response' as const,
    metadata: {},
  };
  const transaction = disputeTransaction(plain, options.now);
  const dispute: DisputeRecord = { ...plain, balanceTransactions: [transaction] };
  const charge: ChargeRecord = { ...before, disputed: true };
  return {
    dispute,
    objects: [
      { kind: 'charge', record: charge },
      { kind: 'balance_transaction', record: transaction },
      { kind: 'dispute', record: dispute },
    ],
    events: [
      { type: 'charge.dispute.created', about: { kind: 'dispute', record: dispute } },
      { type: 'charge.dispute.funds_withdrawn', about: { kind: 'dispute', record: dispute } },
    ],
  };
}

/** The bank decided. Won: the money comes back. */
export function closeDispute(
  before: DisputeRecord,
  outcome: 'won' | 'lost',
  now: number,
): Effects & { dispute: DisputeRecord } {
  if (before.status === 'won' || before.status === 'lost') {
    throw invalidRequest(`Dispute ${before.id} has been closed already: ${before.status}.`);
  }
  if (outcome === 'lost') {
    const dispute: DisputeRecord = { ...before, status: 'lost' };
    return {
      dispute,
      objects: [{ kind: 'dispute', record: dispute }],
      events: [{ type: 'charge.dispute.closed', about: { kind: 'dispute', record: dispute } }],
    };
  }
  const transaction = disputeReversalTransaction(before, now);
  const dispute: DisputeRecord = {
    ...before,
    status: 'won',
    balanceTransactions: [...before.balanceTransactions, transaction],
  };
  return {
    dispute,
    objects: [
      { kind: 'balance_transaction', record: transaction },
      { kind: 'dispute', record: dispute },
    ],
    events: [
      { type: 'charge.dispute.funds_reinstated', about: { kind: 'dispute', record: dispute } },
      { type: 'charge.dispute.closed', about: { kind: 'dispute', record: dispute } },
    ],
  };
}
