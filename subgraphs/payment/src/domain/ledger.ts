/**
 * The accounts of the money ledger. Debits are positive, credits negative.
 * `provider:<code>` is what a provider holds for us (an asset), `orders` what customers have paid for their orders.
 */
export type LedgerAccount = `provider:${string}` | 'orders';

export interface LedgerEntry {
  readonly account: LedgerAccount;
  readonly amountCents: number;
}

/** One movement of money: its entries sum to zero. */
export interface LedgerTransaction {
  /** Unique per movement, e.g. `capture:pay_…`. */
  readonly id: string;
  readonly refundId: string | null;
  readonly entries: readonly [LedgerEntry, LedgerEntry];
}

const transfer = (
  id: string,
  refundId: string | null,
  debit: LedgerAccount,
  credit: LedgerAccount,
  cents: number,
): LedgerTransaction => ({
  id,
  refundId,
  entries: [
    { account: debit, amountCents: cents },
    { account: credit, amountCents: -cents },
  ],
});

/** The provider has taken money for an order. */
export const captureTransaction = (paymentId: string, provider: string, cents: number): LedgerTransaction =>
  transfer(`capture:${paymentId}`, null, `provider:${provider}`, 'orders', cents);

/** The provider has given money back. */
export const refundTransaction = (refundId: string, provider: string, cents: number): LedgerTransaction =>
  transfer(`refund:${refundId}`, refundId, 'orders', `provider:${provider}`, cents);

/** A refund that had succeeded came back: the customer's bank did not take it. */
export const refundReversal = (refundId: string, provider: string, cents: number): LedgerTransaction =>
  transfer(`refund-reversal:${refundId}`, refundId, `provider:${provider}`, 'orders', cents);
