import type Stripe from 'stripe';
import { z } from 'zod';
import type { ProviderTransaction, TransactionPage, TransactionRange } from '../../app/ports.js';
import { fromStripeAmount } from './amounts.js';

const reference = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]);

/** What a balance transaction is about: a charge, a refund, a dispute, or anything else. */
const sourceSchema = z.looseObject({
  object: z.string(),
  id: z.string(),
  amount: z.number().optional(),
  amount_captured: z.number().optional(),
  currency: z.string().optional(),
  payment_intent: reference.nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
});
const KINDS: Readonly<Record<string, ProviderTransaction['kind']>> = {
  charge: 'CAPTURE',
  refund: 'REFUND',
  refund_failure: 'REFUND_REVERSAL',
  dispute: 'DISPUTE',
  dispute_reversal: 'DISPUTE_REVERSAL',
  fee: 'FEE',
  payout: 'PAYOUT',
  payout_reversal: 'PAYOUT',
};

/** A page of Stripe's balance transactions, newest first. https://docs.stripe.com/api/balance_transactions/list */
export async function transactionPage(
  stripe: Stripe,
  { from, to, cursor }: TransactionRange,
): Promise<TransactionPage> {
  const page = await stripe.balanceTransactions.list({
    created: { gte: Math.floor(from.getTime() / 1_000), lt: Math.ceil(to.getTime() / 1_000) },
    limit: 100,
    expand: ['data.source'],
    ...(cursor === null ? {} : { starting_after: cursor }),
  });
  return {
    transactions: page.data.map(transactionOf),
    nextCursor: page.has_more ? (page.data.at(-1)?.id ?? null) : null,
  };
}

function transactionOf(transaction: Stripe.BalanceTransaction): ProviderTransaction {
  const source = sourceSchema.safeParse(transaction.source).data;
  const kind = KINDS[transaction.reporting_category] ?? 'OTHER';
  const settledIn = transaction.currency.toUpperCase();
  const currencyCode = source?.currency?.toUpperCase() ?? settledIn;
  // Stripe books in the currency of our account; customers paid in that of the order.
  const converted = currencyCode !== settledIn;
  const amount = converted
    ? Math.sign(transaction.amount) * (source?.amount_captured ?? source?.amount ?? 0)
    : transaction.amount;
  return {
    reference: transaction.id,
    kind,
    intentReference: source?.payment_intent ?? null,
    paymentId: source?.metadata?.souk_payment_id ?? null,
    refundReference: source?.object === 'refund' ? source.id : null,
    disputeReference: source?.object === 'dispute' ? source.id : null,
    amountCents: fromStripeAmount(amount, currencyCode),
    currencyCode,
    fee:
      transaction.fee === 0 ? null : { cents: fromStripeAmount(transaction.fee, settledIn), currencyCode: settledIn },
    createdAt: new Date(transaction.created * 1_000),
  };
}
