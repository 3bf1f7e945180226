import { randomId } from '../core/randomId.js';
import type { BalanceTransactionRecord, ChargeRecord, DisputeRecord, RefundRecord } from './records.js';

/** Fee of a dispute, kept even when the dispute is won. */
const DISPUTE_FEE = 1_500;

/** 2.9 % and 30 of the minor unit, rounded half up in integers. */
const chargeFee = (amount: number): number => Math.floor((amount * 29 + 500) / 1_000) + 30;

/** The money of a captured charge arrives. */
export function chargeTransaction(charge: ChargeRecord, amount: number, now: number): BalanceTransactionRecord {
  return {
    id: randomId('txn_3'),
    created: now,
    amount,
    fee: chargeFee(amount),
    currency: charge.currency,
    type: 'charge',
    reportingCategory: 'charge',
    source: charge.id,
    description: charge.description,
  };
}

/** The money of a refund leaves; Stripe keeps its fee. */
export function refundTransaction(refund: Omit<RefundRecord, 'balanceTransaction'>): BalanceTransactionRecord {
  return {
    id: randomId('txn_3'),
    created: refund.created,
    amount: -refund.amount,
    fee: 0,
    currency: refund.currency,
    type: 'refund',
    reportingCategory: 'refund',
    source: refund.id,
    description: 'REFUND FOR CHARGE',
  };
}

/** The money of a refund that the shopper's bank sent back. */
export function refundFailureTransaction(refund: RefundRecord, now: number): BalanceTransactionRecord {
  return {
    ...refundTransaction({ ...refund, created: now }),
    amount: refund.amount,
    type: 'refund_failure',
    reportingCategory: 'refund_failure',
    description: 'REFUND FAILURE',
  };
}

/** The money of a dispute is held back, with a fee. */
export function disputeTransaction(
  dispute: Omit<DisputeRecord, 'balanceTransactions'>,
  now: number,
): BalanceTransactionRecord {
  return {
    id: randomId('txn_1'),
    created: now,
    amount: -dispute.amount,
    fee: DISPUTE_FEE,
    currency: dispute.currency,
    type: 'adjustment',
    reportingCategory: 'dispute',
    source: dispute.id,
    description: `Chargeback withdrawal for ${dispute.charge}`,
  };
}

/** The dispute was won: the money comes back. */
export function disputeReversalTransaction(dispute: DisputeRecord, now: number): BalanceTransactionRecord {
  return {
    ...disputeTransaction(dispute, now),
    amount: dispute.amount,
    fee: 0,
    reportingCategory: 'dispute_reversal',
    description: `Chargeback reversal for ${dispute.charge}`,
  };
}
