import { auditRecords } from '@souk/events';
import { outboxRows } from '@souk/outbox';
import type { Database } from '@souk/postgres';
import { newId } from '@souk/runtime';
import type {
  ReconciliationRun,
  ReconciliationStore,
  RecordedDifference,
} from '../../app/reconciliation/reconciliationPorts.js';
import type { ComparedPayment, DifferenceKind } from '../../domain/reconciliation/compareMoney.js';
import {
  bookFees,
  byId,
  compared,
  type DifferenceRow,
  differences,
  extend,
  fail,
  finish,
  keep,
  last,
  type RunRow,
  record,
  request,
  resolve,
  runs,
  scope,
  take,
  unbookedFees,
  unknown,
} from './reconciliationStatements.js';

/** Reconciliation in Postgres: each method is one named statement. */
export function createReconciliationStore(database: Database): ReconciliationStore {
  return {
    async request(id, provider, requestedBy) {
      const [row] = await database.query(request, [id, provider, requestedBy, outboxRows(auditRecords([id]))]);
      if (row === undefined) throw new Error('a request answers one run');
      return runOf(row);
    },
    async last(provider) {
      const [row] = await database.query(last, [provider]);
      return { requestedAt: row?.requested_at ?? null, succeededAt: row?.succeeded_at ?? null };
    },
    async take(token, leaseMs) {
      const [row] = await database.query(take, [token, leaseMs]);
      return row && { id: row.id, provider: row.provider, token, attempts: row.attempts, readUntil: row.read_until };
    },
    async extend(run, leaseMs) {
      return (await database.query(extend, [run.id, run.token, leaseMs])).length === 1;
    },
    async finish(run, range, c) {
      const counts = [c.transactions, c.mirrored, c.feesBooked, c.found, c.resolved];
      await database.query(finish, [run.id, run.token, range.from, range.to, ...counts]);
    },
    async fail(run, error) {
      await database.query(fail, [run.id, run.token, error]);
    },
    async keep(provider, transactions) {
      const rows = transactions.map(({ fee, ...transaction }) => ({
        ...transaction,
        feeCents: fee?.cents ?? null,
        feeCurrencyCode: fee?.currencyCode ?? null,
      }));
      return (await database.query(keep, [provider, JSON.stringify(rows)])).length;
    },
    async unbookedFees(provider, limit) {
      const rows = await database.query(unbookedFees, [provider, limit]);
      return rows.map((row) => ({
        reference: row.reference,
        paymentId: row.payment_id,
        cents: row.cents,
        currencyCode: row.currency_code,
      }));
    },
    async bookFees(provider, fees) {
      const rows = fees.map((fee) => ({ ...fee, feeEntryId: newId('led'), providerEntryId: newId('led') }));
      return (await database.query(bookFees, [provider, JSON.stringify(rows)])).length / 2;
    },
    async scope(provider, from) {
      // Ids begin with the time: entries since then are found by their key.
      const firstEntry = newId('led', from).slice(0, 'led_'.length + 10);
      return (await database.query(scope, [provider, from, firstEntry])).map((row) => row.id);
    },
    async compared(paymentIds, settledBefore) {
      return (await database.query(compared, [paymentIds, settledBefore])).map((row): ComparedPayment => row.payment);
    },
    async unknown(provider, from, settledBefore) {
      const rows = await database.query(unknown, [provider, from, settledBefore]);
      return rows.map((row) => ({
        kind: 'MISSING_HERE',
        subject: row.subject,
        paymentId: null,
        orderId: null,
        ours: null,
        theirs: { cents: row.cents, currencyCode: row.currency_code },
      }));
    },
    async record({ provider, found, comparedPaymentIds }) {
      const rows = found.map(({ ours, theirs, ...difference }) => ({
        ...difference,
        ourCents: ours?.cents ?? null,
        ourCurrencyCode: ours?.currencyCode ?? null,
        theirCents: theirs?.cents ?? null,
        theirCurrencyCode: theirs?.currencyCode ?? null,
      }));
      const [row] = await database.query(record, [provider, JSON.stringify(rows), comparedPaymentIds]);
      return { opened: row?.opened ?? 0, resolved: row?.resolved ?? 0 };
    },
    async resolve(id, by, note) {
      const [row] = await database.query(resolve, [id, by, note, outboxRows(auditRecords([id]))]);
      return row && differenceOf(row);
    },
    async byId(id) {
      const [row] = await database.query(byId, [id]);
      return row && differenceOf(row);
    },
    async differences({ state, first, after }) {
      return (await database.query(differences, [state, first, after])).map(differenceOf);
    },
    async runs({ first, after }) {
      return (await database.query(runs, [first, after])).map(runOf);
    },
  };
}

function runOf(row: RunRow): ReconciliationRun {
  return {
    id: row.id,
    provider: row.provider,
    state: row.state,
    requestedBy: row.requested_by,
    rangeFrom: row.range_from,
    rangeTo: row.range_to,
    transactions: row.transactions,
    mirrored: row.mirrored,
    feesBooked: row.fees_booked,
    found: row.found,
    resolved: row.resolved,
    error: row.error,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

const side = (cents: number | null, currencyCode: string | null) =>
  cents === null || currencyCode === null ? null : { cents, currencyCode };

const differenceOf = (row: DifferenceRow): RecordedDifference => ({
  id: row.id,
  provider: row.provider,
  kind: row.kind as DifferenceKind,
  subject: row.subject,
  state: row.state,
  paymentId: row.payment_id,
  orderId: row.order_id,
  ours: side(row.our_cents, row.our_currency_code),
  theirs: side(row.their_cents, row.their_currency_code),
  firstSeenAt: row.first_seen_at,
  lastSeenAt: row.last_seen_at,
  resolvedAt: row.resolved_at,
  resolvedBy: row.resolved_by,
  note: row.note,
});
