import { randomId } from '../core/randomId.js';
import { refundFailureTransaction, refundTransaction } from './balance.js';
import type { Effects } from './effects.js';
import { invalidRequest } from './failure.js';
import { money } from './params.js';
import type { ChargeRecord, Metadata, RefundRecord } from './records.js';

export type RefundReason = 'duplicate' | 'fraudulent' | 'requested_by_customer';

/**
 * Gives money of a charge back, all that is left when no amount is named. Refuses more than what is left, a charge that
 * was not captured, and a disputed charge.
 */
export function createRefund(
  before: ChargeRecord,
  options: { amount?: number | undefined; reason: RefundReason | null; metadata: Metadata; now: number },
): Effects & { refund: RefundRecord } {
  if (!before.captured || before.status !== 'succeeded') {
    throw invalidRequest(`This PaymentIntent (${before.paymentIntent}) does not have a successful charge to refund.`);
  }
  if (before.disputed) {
    throw invalidRequest(`The charge ${before.id} has been disputed and cannot be refunded.`, {
      code: 'refund_disputed_payment',
    });
  }
  const left = before.amountCaptured - before.amountRefunded;
  if (left === 0) {
    throw invalidRequest(`Charge ${before.id} has already been refunded.`, { code: 'charge_already_refunded' });
  }
  const amount = options.amount ?? left;
  if (amount < 1)
    throw invalidRequest('Invalid positive integer', { code: 'parameter_invalid_integer', param: 'amount' });
  if (amount > left) {
    throw invalidRequest(
      before.amountRefunded === 0
        ? `Refund amount (${money(amount, before.currency)}) is greater than charge amount (${money(left, before.currency)})`
        : `Refund amount (${money(amount, before.currency)}) is greater than unrefunded amount on charge (${money(left, before.currency)})`,
      { param: 'amount' },
    );
  }
  const plain = {
    id: randomId('re_3'),
    created: options.now,
    amount,
    currency: before.currency,
    charge: before.id,
    paymentIntent: before.paymentIntent,
    reason: options.reason,
    status: 'succeeded' as const,
    failureReason: null,
    metadata: options.metadata,
  };
  const transaction = refundTransaction(plain);
  const refund: RefundRecord = { ...plain, balanceTransaction: transaction.id };
  const charge: ChargeRecord = { ...before, amountRefunded: before.amountRefunded + amount };
  return {
    refund,
    objects: [
      { kind: 'balance_transaction', record: transaction },
      { kind: 'refund', record: refund },
      { kind: 'charge', record: charge },
    ],
    events: [
      { type: 'refund.created', about: { kind: 'refund', record: refund } },
      {
        type: 'charge.refunded',
        about: { kind: 'charge', record: charge },
        previous: { amount_refunded: before.amountRefunded, refunded: false },
      },
    ],
  };
}

/** The shopper's bank could not take the refund: the money is back on the account, the charge counts it again. */
export function failRefund(
  before: RefundRecord,
  charge: ChargeRecord,
  now: number,
): Effects & { refund: RefundRecord } {
  if (before.status !== 'succeeded') throw invalidRequest(`Refund ${before.id} is ${before.status}.`);
  const transaction = refundFailureTransaction(before, now);
  const refund: RefundRecord = { ...before, status: 'failed', failureReason: 'lost_or_stolen_card' };
  return {
    refund,
    objects: [
      { kind: 'balance_transaction', record: transaction },
      { kind: 'refund', record: refund },
      { kind: 'charge', record: { ...charge, amountRefunded: charge.amountRefunded - before.amount } },
    ],
    events: [
      { type: 'refund.failed', about: { kind: 'refund', record: refund } },
      { type: 'refund.updated', about: { kind: 'refund', record: refund }, previous: { status: before.status } },
    ],
  };
}
