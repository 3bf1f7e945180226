import { type BoundedMap, type Bounds, createBoundedMap } from './core/boundedMap.js';
import { openJournal } from './core/journal.js';
import type { PaypalEventRecord, PaypalObjects, PaypalRequestRecord } from './paypal/records.js';
import type { MailRecord } from './sendgrid/mailRecord.js';
import type { DeliveredRecord, EventRecord, IdempotencyRecord, StripeObjects } from './stripe/records.js';
import type { MessageRecord } from './twilio/messageRecord.js';

/** Everything that is remembered, by kind. */
export interface Kinds extends StripeObjects, PaypalObjects {
  event: EventRecord;
  delivered: DeliveredRecord;
  idempotency: IdempotencyRecord;
  paypal_event: PaypalEventRecord;
  paypal_request: PaypalRequestRecord;
  mail: MailRecord;
  message: MessageRecord;
}
export type Kind = keyof Kinds;

/** "This record is now so": inserts or replaces by id. */
export type Put = { [K in Kind]: readonly [kind: K, record: Kinds[K]] }[Kind];

/** What `reset` forgets. */
export type Section = 'payments' | 'mail' | 'messages';

export interface Store {
  get<K extends Kind>(kind: K, id: string): Kinds[K] | undefined;
  /** Newest first. */
  list<K extends Kind>(kind: K): Kinds[K][];
  count(kind: Kind): number;
  /** Whether the oldest of a kind may be forgotten: what is kept of each is bounded. */
  mayHaveForgotten(kind: Kind): boolean;
  /** Writes all of it to the journal as one unit, then shows it. After a crash all of it is there, or none of it. */
  commit(puts: readonly Put[]): void;
  reset(sections: readonly Section[]): void;
  /** Calls `listener` after each change. */
  onChange(listener: () => void): void;
  close(): void;
}

const SECTIONS: Readonly<Record<Section, readonly Kind[]>> = {
  payments: [
    'payment_intent',
    'charge',
    'refund',
    'dispute',
    'payment_method',
    'customer',
    'balance_transaction',
    'event',
    'delivered',
    'idempotency',
    'paypal_order',
    'paypal_authorization',
    'paypal_capture',
    'paypal_refund',
    'paypal_dispute',
    'paypal_transaction',
    'paypal_event',
    'paypal_request',
  ],
  mail: ['mail'],
  messages: ['message'],
};

/** A journal beyond this size that is mostly history is rewritten. */
const COMPACT_BYTES = 48 * 1024 * 1024;
const DAY_SECONDS = 86_400;

type Line = { readonly put: readonly Put[] } | { readonly reset: readonly Section[] };

/**
 * Opens the store. With `dataFile` everything committed survives `kill -9`; without, it lives as long as the process.
 * Memory is bounded: the oldest finished payments, delivered events and mails are forgotten beyond the caps below.
 */
export function openStore(options: { readonly dataFile?: string | undefined } = {}): Store {
  const kinds = createCollections();
  const listeners: (() => void)[] = [];

  const apply = (line: Line): void => {
    if ('reset' in line) {
      for (const section of line.reset) for (const kind of SECTIONS[section]) kinds[kind].clear();
      return;
    }
    for (const [kind, record] of line.put) (kinds[kind] as BoundedMap<Kinds[Kind]>).put(record.id, record);
  };

  const journal =
    options.dataFile === undefined ? undefined : openJournal(options.dataFile, (entry) => apply(entry as Line));
  let compactAt = Math.max(COMPACT_BYTES, (journal?.bytes ?? 0) + 1);

  const write = (line: Line): void => {
    journal?.append(line);
    apply(line);
    if (journal !== undefined && journal.bytes > compactAt) {
      journal.rewrite(snapshot(kinds));
      compactAt = Math.max(COMPACT_BYTES, journal.bytes * 2);
    }
    for (const listener of listeners) listener();
  };

  return {
    get: (kind, id) => kinds[kind].get(id),
    list: (kind) => kinds[kind].newestFirst(),
    count: (kind) => kinds[kind].size,
    mayHaveForgotten: (kind) => kinds[kind].mayHaveForgotten,
    commit(puts) {
      if (puts.length > 0) write({ put: puts });
    },
    reset: (sections) => write({ reset: sections }),
    onChange: (listener) => {
      listeners.push(listener);
    },
    close: () => journal?.close(),
  };
}

type Collections = { [K in Kind]: BoundedMap<Kinds[K]> };

function createCollections(): Collections {
  const delivered = createBoundedMap<DeliveredRecord>({ entries: 12_000 });
  const capped = <V>(bounds: Bounds<V>): BoundedMap<V> => createBoundedMap(bounds);
  return {
    payment_intent: capped({
      entries: 10_000,
      evictable: (intent) => intent.status === 'succeeded' || intent.status === 'canceled',
    }),
    // More of them than of balance transactions: one whose charge is forgotten cannot tell its intent any more.
    charge: capped({ entries: 25_000, evictable: (charge) => charge.status !== 'pending' }),
    refund: capped({ entries: 10_000 }),
    dispute: capped({ entries: 2_000 }),
    payment_method: capped({ entries: 10_000 }),
    customer: capped({ entries: 10_000 }),
    balance_transaction: capped({ entries: 20_000 }),
    event: capped({ entries: 5_000, evictable: (event) => !event.wanted || delivered.has(event.id) }),
    delivered,
    paypal_order: capped({
      entries: 10_000,
      evictable: (order) => order.status === 'COMPLETED' || order.status === 'VOIDED',
    }),
    paypal_authorization: capped({ entries: 10_000 }),
    paypal_capture: capped({ entries: 12_000, evictable: (capture) => capture.status !== 'PENDING' }),
    paypal_refund: capped({ entries: 10_000 }),
    paypal_dispute: capped({ entries: 2_000 }),
    paypal_transaction: capped({ entries: 20_000 }),
    paypal_event: capped({ entries: 5_000, evictable: (event) => !event.wanted || delivered.has(event.id) }),
    paypal_request: capped({ entries: 5_000 }),
    idempotency: capped({ entries: 5_000, weight: 8_000_000, weigh: (entry) => entry.body.length }),
    mail: capped({
      entries: 10_000,
      weight: 12_000_000,
      weigh: (mail) => (mail.html?.length ?? 0) + (mail.text?.length ?? 0),
    }),
    message: capped({ entries: 5_000 }),
  };
}

/** Kinds of which the newest state is all that matters, many records to a line. Yesterday's idempotency keys are over. */
function* snapshot(kinds: Collections): Generator<Line> {
  const oldest = Date.now() / 1000 - DAY_SECONDS;
  let puts: Put[] = [];
  for (const kind of Object.keys(kinds) as Kind[]) {
    for (const record of kinds[kind].values()) {
      if (kind === 'idempotency' && (record as IdempotencyRecord).created < oldest) continue;
      puts.push([kind, record] as Put);
      if (puts.length >= 200) {
        yield { put: puts };
        puts = [];
      }
    }
  }
  if (puts.length > 0) yield { put: puts };
}
