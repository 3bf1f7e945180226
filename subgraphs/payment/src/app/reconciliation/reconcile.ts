import { type Logger, metrics, newId } from '@souk/runtime';
import { type ComparedPayment, compareMoney, type Difference } from '../../domain/reconciliation/compareMoney.js';
import type { applyRefund } from '../executeRefund.js';
import type { FollowIntent } from '../followIntent.js';
import { type Clock, type PaymentProvider, type PaymentStore, type Providers, ProviderUnavailable } from '../ports.js';
import type { ReconciliationStore, RunCounts, RunLease } from './reconciliationPorts.js';

export interface ReconcileDeps {
  readonly reconciliation: ReconciliationStore;
  readonly payments: Pick<PaymentStore, 'byIds'>;
  readonly providers: Providers;
  readonly followIntent: FollowIntent;
  readonly applyRefund: ReturnType<typeof applyRefund>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A run of each provider that has a list is asked for so often. */
  readonly reconciliationEveryMs: number;
  /** How far a provider's list may be behind: what is younger and not listed is not missing yet. */
  readonly reconciliationGraceMs: number;
}

const LEASE_MS = 60_000;
/** Each run reads again what the last one has read of the days before: providers list some movements late. */
const OVERLAP_MS = 2 * 86_400_000;
/** How far the first run looks back. */
const FIRST_RANGE_MS = 90 * 86_400_000;
const PAYMENTS_AT_ONCE = 200;
const FEES_AT_ONCE = 200;

const succeeded = metrics.gauge(
  'souk_payment_reconciliation_success_timestamp_seconds',
  'When the list of a provider was last compared in full',
  ['provider'],
);

/** The run was taken over by another process: what this one was about to do is done there. */
class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Asks for the runs that the schedule wants. */
export const scheduleReconciliation =
  (deps: Pick<ReconcileDeps, 'reconciliation' | 'providers' | 'clock' | 'reconciliationEveryMs'>) =>
  async (): Promise<boolean> => {
    for (const { code, listTransactions } of deps.providers.values()) {
      if (listTransactions === null) continue;
      const { requestedAt, succeededAt } = await deps.reconciliation.last(code);
      // Told by every process, so that a restart does not silence the alarm.
      if (succeededAt !== null) succeeded.set({ provider: code }, succeededAt.getTime() / 1_000);
      const due = requestedAt === null || deps.clock().getTime() - requestedAt.getTime() >= deps.reconciliationEveryMs;
      if (due) await deps.reconciliation.request(newId('rcn'), code, null);
    }
    return false;
  };

/**
 * One step of the reconciliation: takes a run that was asked for (or whose process died) and does all of it. It reads the provider's
 * list, books fees, and compares each payment that moved on either side with what the provider lists for it. What the provider has
 * and we do not is fetched and applied like any news of it, once; what still disagrees is recorded, and resolved when a later run
 * does not find it any more. One process at a time per provider, by a lease; a run that dies is begun again, which repeats nothing.
 * Answers whether there was one.
 */
export const reconcile = (deps: ReconcileDeps) => async (): Promise<boolean> => {
  const run = await deps.reconciliation.take(newId('req'), LEASE_MS);
  if (run === undefined) return false;
  const provider = deps.providers.get(run.provider);
  try {
    if (provider === undefined) throw new Error(`provider ${run.provider} is not configured`);
    await compareProvider(deps, run, provider);
    succeeded.set({ provider: run.provider }, deps.clock().getTime() / 1_000);
  } catch (error) {
    if (error instanceof LeaseLost) {
      deps.logger.warn({ run: run.id }, 'a reconciliation was taken over by another process');
      return true;
    }
    deps.logger[error instanceof ProviderUnavailable ? 'warn' : 'error'](
      { err: error, run: run.id },
      'a reconciliation failed',
    );
    await deps.reconciliation.fail(run, error instanceof Error ? error.name : 'failed');
  }
  return true;
};

async function compareProvider(deps: ReconcileDeps, run: RunLease, provider: PaymentProvider): Promise<void> {
  const now = deps.clock();
  const range = {
    from: new Date(run.readUntil === null ? now.getTime() - FIRST_RANGE_MS : run.readUntil.getTime() - OVERLAP_MS),
    to: now,
  };
  const lagMs = Math.max(deps.reconciliationGraceMs, provider.listLagMs ?? 0);
  const settledBefore = new Date(now.getTime() - lagMs);
  const transactions = await readList(deps, run, provider, range);
  const feesBooked = await bookFees(deps, run);
  const counts = await comparePayments(deps, run, provider, range.from, settledBefore);
  const unknown = await deps.reconciliation.unknown(run.provider, range.from, settledBefore);
  const recorded = await record(deps, run, unknown, null);
  await deps.reconciliation.finish(run, range, {
    transactions,
    feesBooked,
    mirrored: counts.mirrored,
    found: counts.found + recorded.opened,
    resolved: counts.resolved + recorded.resolved,
  });
}

async function hold(deps: ReconcileDeps, run: RunLease): Promise<void> {
  if (!(await deps.reconciliation.extend(run, LEASE_MS))) throw new LeaseLost(run.id);
}

async function readList(
  deps: ReconcileDeps,
  run: RunLease,
  provider: PaymentProvider,
  range: { from: Date; to: Date },
): Promise<number> {
  if (provider.listTransactions === null) throw new Error(`${run.provider} has no list of transactions`);
  let read = 0;
  let cursor: string | null = null;
  do {
    await hold(deps, run);
    const page: Awaited<ReturnType<typeof provider.listTransactions>> = await provider.listTransactions({
      ...range,
      cursor,
    });
    if (page.transactions.length > 0) await deps.reconciliation.keep(run.provider, page.transactions);
    read += page.transactions.length;
    cursor = page.nextCursor;
  } while (cursor !== null);
  return read;
}

async function bookFees(deps: ReconcileDeps, run: RunLease): Promise<number> {
  let booked = 0;
  for (;;) {
    await hold(deps, run);
    const fees = await deps.reconciliation.unbookedFees(run.provider, FEES_AT_ONCE);
    if (fees.length > 0) booked += await deps.reconciliation.bookFees(run.provider, fees);
    if (fees.length < FEES_AT_ONCE) return booked;
  }
}

async function comparePayments(
  deps: ReconcileDeps,
  run: RunLease,
  provider: PaymentProvider,
  from: Date,
  settledBefore: Date,
): Promise<Pick<RunCounts, 'mirrored' | 'found' | 'resolved'>> {
  const counts = { mirrored: 0, found: 0, resolved: 0 };
  const scope = await deps.reconciliation.scope(run.provider, from);
  for (let at = 0; at < scope.length; at += PAYMENTS_AT_ONCE) {
    await hold(deps, run);
    const ids = scope.slice(at, at + PAYMENTS_AT_ONCE);
    const found: Difference[] = [];
    for (const payment of await deps.reconciliation.compared(ids, settledBefore)) {
      const differences = compareMoney(payment);
      if (differences.length > 0 && (await mirror(deps, provider, payment, differences))) {
        counts.mirrored += 1;
        const [again] = await deps.reconciliation.compared([payment.paymentId], settledBefore);
        found.push(...(again === undefined ? [] : compareMoney(again)));
      } else found.push(...differences);
    }
    const { opened, resolved } = await record(deps, run, found, ids);
    counts.found += opened;
    counts.resolved += resolved;
  }
  return counts;
}

/**
 * Brings here what the provider has more of: its word about the intent and its refunds is asked for and applied as if it had come
 * by webhook. Answers whether that changed anything. A provider that cannot be asked leaves the difference for the next run.
 */
async function mirror(
  deps: ReconcileDeps,
  provider: PaymentProvider,
  compared: ComparedPayment,
  differences: readonly Difference[],
): Promise<boolean> {
  const isMore = ({ kind, subject }: Difference): boolean =>
    (kind === 'MISSING_HERE' || kind === 'AMOUNT') && /^(capture|refund):/.test(subject);
  if (!differences.some(isMore)) return false;
  try {
    const [payment] = await deps.payments.byIds([compared.paymentId], false);
    if (payment === undefined || payment.providerReference === null) return false;
    const { intent } = await provider.retrieveIntent(payment);
    const followed = await deps.followIntent(payment, intent, {});
    let { changed } = followed;
    for (const refund of await provider.listRefunds(followed.payment)) {
      const applied = await deps.applyRefund(payment.id, refund, {});
      changed ||= applied.changed;
    }
    return changed;
  } catch (error) {
    deps.logger.warn({ err: error, paymentId: compared.paymentId }, 'what the provider has more of is fetched later');
    return false;
  }
}

async function record(
  deps: ReconcileDeps,
  run: RunLease,
  found: readonly Difference[],
  comparedPaymentIds: readonly string[] | null,
): Promise<{ opened: number; resolved: number }> {
  await hold(deps, run);
  return deps.reconciliation.record({
    provider: run.provider,
    found: found.map((difference) => ({ ...difference, id: newId('rcd') })),
    comparedPaymentIds,
  });
}
