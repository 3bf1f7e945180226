/**
 * The accounts of the money ledger. Debits are positive, credits negative.
 * `provider:<code>` is what a provider holds for us (an asset), `orders` what customers have paid for their orders, `disputes`
 * what providers have taken out until disputes are decided. `fees:<code>`, what a provider keeps of our money, is booked by the
 * reconciliation (adapters/reconciliation). docs/ledger.md is the chart of accounts.
 */
export type LedgerAccount = `provider:${string}` | 'orders' | 'disputes';

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

/** The provider has taken money for an order. `before` is what it had taken before: each part is a transaction of its own. */
export const captureTransaction = (
  paymentId: string,
  provider: string,
  cents: number,
  before: number,
): LedgerTransaction =>
  transfer(
    before === 0 ? `capture:${paymentId}` : `capture:${paymentId}:${before}`,
    null,
    `provider:${provider}`,
    'orders',
    cents,
  );

/** The provider has given money back. */
export const refundTransaction = (refundId: string, provider: string, cents: number): LedgerTransaction =>
  transfer(`refund:${refundId}`, refundId, 'orders', `provider:${provider}`, cents);

/** A refund that had succeeded came back: the customer's bank did not take it. */
export const refundReversal = (refundId: string, provider: string, cents: number): LedgerTransaction =>
  transfer(`refund-reversal:${refundId}`, refundId, `provider:${provider}`, 'orders', cents);

/** A customer's bank has taken the money back until a dispute is decided. */
export const disputeWithdrawal = (disputeId: string, provider: string, cents: number): LedgerTransaction =>
  transfer(`dispute:${disputeId}:withdrawn`, null, 'disputes', `provider:${provider}`, cents);

/** The dispute was won: the money is with the provider again. */
export const disputeWon = (disputeId: string, provider: string, cents: number): LedgerTransaction =>
  transfer(`dispute:${disputeId}:won`, null, `provider:${provider}`, 'disputes', cents);

/** The dispute was lost: the customer has his money back. */
export const disputeLost = (disputeId: string, cents: number): LedgerTransaction =>
  transfer(`dispute:${disputeId}:lost`, null, 'orders', 'disputes', cents);
