import type { Store } from '../openStore.js';
import type { PaymentIntentRecord } from '../stripe/records.js';
import { paymentIntent, render } from '../stripe/render.js';
import type { Fields } from './readBody.js';
import { readSince } from './readSince.js';

/** A payment with all that hangs on it, in Stripe's shapes. */
export interface PaymentView {
  readonly intent: object;
  readonly charges: readonly object[];
  readonly refunds: readonly object[];
  readonly disputes: readonly object[];
}

/** Payments newest first, by status, time and metadata; or the one that is given. */
export function viewPayments(
  store: Store,
  fields: Fields,
  only?: PaymentIntentRecord,
): { total: number; payments: PaymentView[] } {
  const status = fields.text('status');
  const since = readSince(fields);
  const sinceSeconds = since === '' ? 0 : Math.floor(Date.parse(since) / 1000);
  const limit = fields.integer('limit', { min: 1, max: 5_000 }) ?? 50;
  const metadata = Object.entries(fields.prefixed('metadata.'));
  const matching =
    only === undefined
      ? store
          .list('payment_intent')
          .filter(
            (intent) =>
              (status === undefined || intent.status === status) &&
              intent.created >= sinceSeconds &&
              metadata.every(([name, value]) => intent.metadata[name] === value),
          )
      : [only];
  const shown = matching.slice(0, limit);
  const wanted = new Set(shown.map((intent) => intent.id));
  const charges = grouped(store.list('charge'), wanted);
  const refunds = grouped(store.list('refund'), wanted);
  const disputes = grouped(store.list('dispute'), wanted);
  return {
    total: matching.length,
    payments: shown.map((intent) => ({
      intent: paymentIntent(intent),
      charges: (charges.get(intent.id) ?? []).map((record) => render({ kind: 'charge', record })),
      refunds: (refunds.get(intent.id) ?? []).map((record) => render({ kind: 'refund', record })),
      disputes: (disputes.get(intent.id) ?? []).map((record) => render({ kind: 'dispute', record })),
    })),
  };
}

/** By payment intent, in one pass; only those wanted. */
function grouped<R extends { readonly paymentIntent: string }>(
  records: readonly R[],
  wanted: ReadonlySet<string>,
): Map<string, R[]> {
  const groups = new Map<string, R[]>();
  for (const record of records) {
    if (!wanted.has(record.paymentIntent)) continue;
    const group = groups.get(record.paymentIntent);
    if (group === undefined) groups.set(record.paymentIntent, [record]);
    else group.push(record);
  }
  return groups;
}
