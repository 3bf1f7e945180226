import { setTimeout as delay } from 'node:timers/promises';
import type { ProviderControl } from '../faults/providerFaults.js';
import type { DatabaseName, Databases } from '../shop/databases.js';

/** What a shop at rest has none of. */
const UNFINISHED: readonly (readonly [what: string, database: DatabaseName, count: string])[] = [
  ['sagas', 'order', `placement WHERE step IN ('RUNNING', 'UNDOING')`],
  ['orders waiting for payment', 'order', `orders WHERE status = 'PENDING_PAYMENT'`],
  ['edits waiting for payment', 'order', `order_edit WHERE state = 'AWAITING_PAYMENT'`],
  ['events of order', 'order', 'outbox_event WHERE settled_at IS NULL'],
  ['events of payment', 'payment', 'outbox_event WHERE settled_at IS NULL'],
  ['webhooks', 'payment', 'webhook_event WHERE attempt_at IS NOT NULL'],
  ['refunds', 'payment', `refund WHERE state = 'PENDING'`],
  [
    'payments',
    'payment',
    `payment WHERE reconcile_at IS NOT NULL AND state NOT IN ('AUTHORIZED', 'CAPTURED', 'CANCELLED')`,
  ],
  ['messages', 'notification', `delivery WHERE state = 'QUEUED'`],
  ['documents', 'payment', 'document_request WHERE attempt_at IS NOT NULL'],
];

export interface Quiet {
  readonly isQuiet: boolean;
  readonly seconds: number;
  /** What was still unfinished at the end. */
  readonly left: readonly string[];
}

/**
 * Waits until nothing is under way any more: no saga, no unsettled event, no webhook, no refund, no message. Gives up after
 * `patienceMs`. Tells what is left every few seconds.
 */
export async function awaitQuiet(o: {
  readonly databases: Databases;
  readonly providers: ProviderControl;
  readonly patienceMs: number;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}): Promise<Quiet> {
  const from = Date.now();
  const seconds = (): number => Math.round((Date.now() - from) / 100) / 10;
  let toldAt = Date.now();
  let calmLooks = 0;
  for (;;) {
    o.signal?.throwIfAborted();
    const left = await unfinished(o.databases, o.providers).catch((error: unknown) => [
      `a store that cannot be asked (${error instanceof Error ? error.message : 'unknown'})`,
    ]);
    // twice, so that what is between two services is not missed
    calmLooks = left.length === 0 ? calmLooks + 1 : 0;
    if (calmLooks === 2) return { isQuiet: true, seconds: seconds(), left };
    if (Date.now() - from > o.patienceMs) return { isQuiet: false, seconds: seconds(), left };
    if (Date.now() - toldAt > 3_000) {
      toldAt = Date.now();
      o.log(`waiting for quiet (${seconds()} s): ${left.join(', ') || 'once more'}`);
    }
    await delay(500);
  }
}

/** What is under way at this moment, counted by its kind. */
export async function unfinished(databases: Databases, providers: ProviderControl): Promise<string[]> {
  const counts = await Promise.all([
    ...UNFINISHED.map(async ([what, database, from]) => {
      const [row] = await databases.query<{ count: number }>(database, `SELECT count(*)::int AS count FROM ${from}`);
      return [what, row?.count ?? 0] as const;
    }),
    providers.pendingWebhooks().then((count) => ['webhooks on their way', count] as const),
  ]);
  return counts.flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
}
