import type { Violation } from '../invariant.js';
import type { Snapshot } from '../snapshot.js';
import { fingerprints } from './fingerprints.js';
import { type ProviderIntent, stripeIntents } from './stripeIntents.js';

export interface ProviderComparison {
  readonly compared: number;
  /** Payments whose figures are not the provider's. */
  readonly differences: readonly Violation[];
  /** Intents of ours at the provider that no payment knows, and that can be paid or were. */
  readonly strays: readonly Violation[];
}

interface PaymentRow {
  readonly id: string;
  readonly order_id: string;
  readonly reference: string | null;
  readonly currency_code: string;
  readonly captured: number;
  readonly refunded: number;
  readonly created_at: Date;
}

const COLUMNS = `id, order_id, provider_reference AS reference, currency_code, captured_cents AS captured,
  refunded_cents AS refunded, created_at`;

/** One walk over the provider's list beside our payments, a page at a time; for both invariants that are read off it. */
export function compareWithProvider(snapshot: Snapshot): Promise<ProviderComparison> {
  return snapshot.once('provider', () => compare(snapshot));
}

async function compare(snapshot: Snapshot): Promise<ProviderComparison> {
  const { stripe } = snapshot.stores;
  if (stripe === undefined) {
    snapshot.note('STRIPE_SECRET_KEY is not set: payments were not compared with the provider');
    return { compared: 0, differences: [], strays: [] };
  }
  const listed = fingerprints();
  const differences: Violation[] = [];
  const strays: Violation[] = [];
  let compared = 0;
  let oldest: Date | undefined;
  for await (const page of stripeIntents(stripe)) {
    for (const { reference } of page) listed.add(reference);
    compared += page.length;
    oldest = page.at(-1)?.createdAt ?? oldest;
    const payments = await snapshot.query<PaymentRow>(
      'payment',
      `SELECT ${COLUMNS} FROM payment WHERE provider = 'stripe' AND (provider_reference = ANY ($1) OR id = ANY ($2))`,
      [page.map(({ reference }) => reference), page.flatMap(({ paymentId }) => paymentId ?? [])],
    );
    const byReference = new Map(payments.map((payment) => [payment.reference, payment]));
    const byId = new Map(payments.map((payment) => [payment.id, payment]));
    for (const intent of page) {
      const payment = byReference.get(intent.reference);
      if (payment === undefined) strays.push(...strayOf(intent, byId));
      else differences.push(...differenceOf(intent, payment));
    }
  }
  for await (const payment of unlisted(snapshot, oldest)) {
    if (!listed.has(payment.reference ?? '')) {
      const detail = `the provider does not list intent ${payment.reference}`;
      differences.push({ key: payment.id, detail, orderId: payment.order_id });
    }
  }
  const [others] = await snapshot.query<{ payments: number; providers: string }>(
    'payment',
    `SELECT count(*) AS payments, string_agg(DISTINCT provider, ', ') AS providers FROM payment WHERE provider NOT IN ('stripe', 'manual')`,
  );
  if (others !== undefined && others.payments > 0) {
    snapshot.note(
      `${others.payments} payments by ${others.providers} were not compared with their provider here; the reconciliation does`,
    );
  }
  return { compared, differences, strays };
}

/** Payments that the provider's list should have: what is older than its oldest intent it may have forgotten (stand-ins do). */
function unlisted(snapshot: Snapshot, oldest: Date | undefined): AsyncIterable<PaymentRow> {
  const since = oldest ?? new Date();
  return snapshot.stream<PaymentRow>(
    'payment',
    `SELECT ${COLUMNS} FROM payment
     WHERE provider = 'stripe' AND provider_reference IS NOT NULL AND created_at > $1::timestamptz + interval '1 second'`,
    [since],
  );
}

function strayOf(intent: ProviderIntent, byId: ReadonlyMap<string, PaymentRow>): Violation[] {
  if (intent.paymentId === null || !intent.alive) return [];
  const payment = byId.get(intent.paymentId);
  const detail = `intent ${intent.reference} of payment ${intent.paymentId} ${
    payment === undefined ? 'which does not exist' : `which knows ${payment.reference ?? 'none'}`
  }, captured ${intent.captured}`;
  return [{ key: intent.reference, detail, orderId: payment?.order_id }];
}

/** Where Stripe's smallest unit is not ISO 4217's minor unit. https://docs.stripe.com/currencies#special-cases */
const STRIPE_UNITS_PER_MINOR_UNIT: Readonly<Record<string, number>> = { ISK: 100, UGX: 100, MGA: 0.01 };

function differenceOf(intent: ProviderIntent, payment: PaymentRow): Violation[] {
  const units = STRIPE_UNITS_PER_MINOR_UNIT[payment.currency_code] ?? 1;
  const captured = intent.captured / units;
  const refunded = intent.refunded / units;
  const same =
    intent.currencyCode === payment.currency_code && captured === payment.captured && refunded === payment.refunded;
  if (same) return [];
  const detail =
    `captured ${payment.captured}, refunded ${payment.refunded} ${payment.currency_code}; ` +
    `the provider says ${captured} and ${refunded} ${intent.currencyCode} of ${intent.reference}`;
  return [{ key: payment.id, detail, orderId: payment.order_id }];
}
