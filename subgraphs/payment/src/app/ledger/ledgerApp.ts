import { ClientError, metrics, newId } from '@souk/runtime';
import type { Clock } from '../ports.js';

/** A line of the ledger. Debits are positive, credits negative, in minor units. */
export interface LedgerLine {
  readonly id: string;
  readonly transactionId: string;
  readonly paymentId: string;
  readonly orderId: string;
  readonly refundId: string | null;
  readonly account: string;
  readonly amountCents: number;
  readonly currencyCode: string;
  readonly createdAt: Date;
}

/** What an account holds in a currency. */
export interface AccountBalance {
  readonly account: string;
  readonly currencyCode: string;
  readonly balanceCents: number;
}

export interface LedgerStore {
  /** In the order in which they were booked. */
  lines(of: { orderId: string | null; paymentId: string | null }): Promise<LedgerLine[]>;
  /** The sums of the entries whose ids lie after `afterId`, up to `upToId` when it is given. */
  sums(afterId: string, upToId: string | null): Promise<AccountBalance[]>;
  /** Open differences between providers and this shop, by kind. */
  openDifferences(): Promise<{ kind: string; count: number }[]>;
}

const KINDS = ['MISSING_HERE', 'MISSING_THERE', 'AMOUNT', 'CURRENCY', 'LEDGER'];

const balance = metrics.gauge('souk_payment_ledger_balance', 'Sum of the whole ledger: 0, or money was made', [
  'currency',
]);
const ofAccount = metrics.gauge('souk_payment_account_balance', 'What an account of the ledger holds, in minor units', [
  'account',
  'currency',
]);
const differences = metrics.gauge(
  'souk_payment_reconciliation_differences',
  'Open differences between the list of a provider and this shop',
  ['kind'],
);

/** Entries of the last minutes may still be committed behind later ones: their sums are not kept. */
const SETTLED_AFTER_MS = 5 * 60_000;

/** Everything that is asked of the ledger. */
export function createLedgerApp(deps: { ledger: LedgerStore; clock: Clock }) {
  const kept = new Map<string, AccountBalance>();
  let keptUpTo = '';
  return {
    /** The entries of a payment, or of all payments of an order. The caller has checked that the viewer is staff. */
    ledgerLines(of: { orderId: string | null; paymentId: string | null }): Promise<LedgerLine[]> {
      if ((of.orderId === null) === (of.paymentId === null)) {
        throw new ClientError('BAD_USER_INPUT', 'Give either `orderId` or `paymentId`.');
      }
      return deps.ledger.lines(of);
    },
    /** Every account with what it holds. Per currency the balances sum to zero. */
    trialBalance: () => deps.ledger.sums('', null),
    /** One round of the metrics. Reads only what was booked since the last one, so it costs the same in a ledger of any length. */
    async watchLedger(): Promise<boolean> {
      const upTo = newId('led', deps.clock().getTime() - SETTLED_AFTER_MS);
      const [settled, tail, open] = await Promise.all([
        deps.ledger.sums(keptUpTo, upTo),
        deps.ledger.sums(upTo, null),
        deps.ledger.openDifferences(),
      ]);
      for (const [key, sum] of addedTo(kept, settled)) kept.set(key, sum);
      keptUpTo = upTo;
      const totals = new Map<string, number>();
      for (const { account, currencyCode, balanceCents } of addedTo(kept, tail).values()) {
        ofAccount.set({ account, currency: currencyCode }, balanceCents);
        totals.set(currencyCode, (totals.get(currencyCode) ?? 0) + balanceCents);
      }
      for (const [currency, cents] of totals) balance.set({ currency }, cents);
      for (const kind of KINDS) {
        differences.set({ kind }, open.find((one) => one.kind === kind)?.count ?? 0);
      }
      return false;
    },
  };
}

function addedTo(
  before: ReadonlyMap<string, AccountBalance>,
  more: readonly AccountBalance[],
): Map<string, AccountBalance> {
  const sums = new Map(before);
  for (const sum of more) {
    const key = `${sum.account} ${sum.currencyCode}`;
    const balanceCents = (sums.get(key)?.balanceCents ?? 0) + sum.balanceCents;
    sums.set(key, { ...sum, balanceCents });
  }
  return sums;
}
