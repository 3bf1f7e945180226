import type { ComparedPayment, Difference, DifferenceKind } from '../../domain/reconciliation/compareMoney.js';
import type { ProviderTransaction } from '../ports.js';

export type RunState = 'REQUESTED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';

/** One reading of a provider's list. */
export interface ReconciliationRun {
  readonly id: string;
  readonly provider: string;
  readonly state: RunState;
  /** Null: by the schedule. */
  readonly requestedBy: string | null;
  readonly rangeFrom: Date | null;
  readonly rangeTo: Date | null;
  readonly transactions: number;
  readonly mirrored: number;
  readonly feesBooked: number;
  readonly found: number;
  readonly resolved: number;
  readonly error: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/** A run that this process has: what it writes is bound to its token, so a run that lost its lease writes nothing more. */
export interface RunLease {
  readonly id: string;
  readonly provider: string;
  readonly token: string;
  readonly attempts: number;
  /** Up to where the last run that succeeded has read; null for the first one. */
  readonly readUntil: Date | null;
}

export type RunCounts = Pick<ReconciliationRun, 'transactions' | 'mirrored' | 'feesBooked' | 'found' | 'resolved'>;

export interface RecordedDifference extends Difference {
  readonly id: string;
  readonly provider: string;
  readonly state: 'OPEN' | 'RESOLVED';
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly resolvedAt: Date | null;
  readonly resolvedBy: string | null;
  readonly note: string | null;
}

export interface UnbookedFee {
  readonly reference: string;
  readonly paymentId: string;
  readonly cents: number;
  readonly currencyCode: string;
}

export interface ReconciliationStore {
  /** Asks for a run, or answers the one of this provider that is open. */
  request(id: string, provider: string, requestedBy: string | null): Promise<ReconciliationRun>;
  /** When a run of a provider was last asked for, and when one has last succeeded; null: never. */
  last(provider: string): Promise<{ requestedAt: Date | null; succeededAt: Date | null }>;
  /** A run that waits, or whose process has died; it is given to one process. */
  take(token: string, leaseMs: number): Promise<RunLease | undefined>;
  /** Holds on to a run. False when it was lost: stop at once. */
  extend(run: RunLease, leaseMs: number): Promise<boolean>;
  finish(run: RunLease, range: { from: Date; to: Date }, counts: RunCounts): Promise<void>;
  fail(run: RunLease, error: string): Promise<void>;
  /** Keeps what the provider listed, each movement once; answers how many were new. */
  keep(provider: string, transactions: readonly ProviderTransaction[]): Promise<number>;
  /** Fees whose payment is known and that are not in the ledger. */
  unbookedFees(provider: string, limit: number): Promise<UnbookedFee[]>;
  /** Puts fees into the ledger, each once. */
  bookFees(provider: string, fees: readonly UnbookedFee[]): Promise<number>;
  /** Ids of the payments to be compared: that moved since `from`, that the provider has listed since, or that differed before. */
  scope(provider: string, from: Date): Promise<string[]>;
  compared(paymentIds: readonly string[], settledBefore: Date): Promise<ComparedPayment[]>;
  /** What the provider lists about intents that no payment is of. */
  unknown(provider: string, from: Date, settledBefore: Date): Promise<Difference[]>;
  /**
   * Records what was found: new ones open, known ones seen again. Open ones of these payments (or, with null, those of no payment)
   * that were not found are gone: resolved by the service.
   */
  record(o: {
    provider: string;
    found: readonly (Difference & { readonly id: string })[];
    comparedPaymentIds: readonly string[] | null;
  }): Promise<{ opened: number; resolved: number }>;
  resolve(id: string, by: string, note: string): Promise<RecordedDifference | undefined>;
  byId(id: string): Promise<RecordedDifference | undefined>;
  differences(request: {
    state: 'OPEN' | 'RESOLVED' | null;
    first: number;
    after: string | null;
  }): Promise<RecordedDifference[]>;
  runs(request: { first: number; after: string | null }): Promise<ReconciliationRun[]>;
}

export type { Difference, DifferenceKind };
