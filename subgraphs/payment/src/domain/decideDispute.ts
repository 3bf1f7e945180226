import { disputeLost, disputeWithdrawal, disputeWon, type LedgerTransaction } from './ledger.js';
import type { Payment } from './payment.js';

export type DisputeState = 'INQUIRY' | 'OPEN' | 'WON' | 'LOST' | 'CLOSED';

/** A customer's objection to a payment at his bank. Amounts in minor units of the payment's currency. */
export interface Dispute {
  readonly id: string;
  readonly paymentId: string;
  readonly reference: string;
  readonly amountCents: number;
  readonly currencyCode: string;
  /** INQUIRY: the bank asks, no money was taken. CLOSED: an inquiry that came to nothing. */
  readonly state: DisputeState;
  /** The provider's own word for it. */
  readonly status: string;
  readonly reason: string | null;
  /** The ledger says that the money was taken out of our account at the provider. */
  readonly withdrawn: boolean;
  readonly createdAt: Date;
}

export type DisputeDecision =
  | {
      readonly kind: 'CHANGED';
      readonly after: Payment;
      readonly dispute: Dispute;
      readonly ledger: readonly LedgerTransaction[];
      /** Whether the state is another one than before. */
      readonly moved: boolean;
    }
  /** Its message has overtaken that of the capture which it is about. */
  | { readonly kind: 'EARLY' }
  | { readonly kind: 'NOTHING' };

const RANK: Readonly<Record<DisputeState, number>> = { INQUIRY: 0, OPEN: 1, CLOSED: 2, WON: 2, LOST: 2 };

/**
 * What follows from the provider's word about a dispute, in whatever order and however often it comes: a decided one stays as
 * it is. Every step of the money is booked once, also the steps that were never told, so that the ledger is the same in any order.
 */
export function decideDispute(
  payment: Payment,
  known: readonly Dispute[],
  news: Pick<Dispute, 'id' | 'reference' | 'amountCents' | 'state' | 'status' | 'reason'>,
  now: Date,
): DisputeDecision {
  const before = known.find((dispute) => dispute.reference === news.reference);
  if (before !== undefined && RANK[news.state] < RANK[before.state]) return { kind: 'NOTHING' };
  if (before !== undefined && RANK[before.state] === 2) return { kind: 'NOTHING' };
  const same = before?.state === news.state && before.status === news.status && before.reason === news.reason;
  if (before !== undefined && same) return { kind: 'NOTHING' };
  const amountCents = before?.amountCents ?? news.amountCents;
  if (payment.capturedCents < amountCents) return { kind: 'EARLY' };
  const taken = news.state === 'OPEN' || news.state === 'WON' || news.state === 'LOST';
  const dispute: Dispute = {
    ...news,
    id: before?.id ?? news.id,
    paymentId: payment.id,
    amountCents,
    currencyCode: payment.currencyCode,
    withdrawn: (before?.withdrawn ?? false) || taken,
    createdAt: before?.createdAt ?? now,
  };
  const open = [...known.filter((one) => one.id !== dispute.id), dispute].some((one) => RANK[one.state] < 2);
  return {
    kind: 'CHANGED',
    dispute,
    moved: before?.state !== news.state,
    ledger: [
      ...(taken && before?.withdrawn !== true ? [disputeWithdrawal(dispute.id, payment.provider, amountCents)] : []),
      ...(news.state === 'WON' ? [disputeWon(dispute.id, payment.provider, amountCents)] : []),
      ...(news.state === 'LOST' ? [disputeLost(dispute.id, amountCents)] : []),
    ],
    after: {
      ...payment,
      disputed: open,
      chargedBackCents: payment.chargedBackCents + (news.state === 'LOST' ? amountCents : 0),
      version: payment.version + 1,
    },
  };
}
