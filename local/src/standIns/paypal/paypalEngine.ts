import type { WebhookCourier } from '../core/webhookCourier.js';
import type { AnyEvent } from '../events.js';
import type { Kind, Kinds, Put, Store } from '../openStore.js';
import { paypalEventId } from './paypalId.js';
import type { PaypalEventRecord, PaypalKind } from './records.js';
import { type Reader, render } from './render.js';

/** An event that a decision wants to be told; its resource is rendered as it is after the decision. */
export interface PaypalEventDraft {
  readonly type: string;
  readonly kind: Exclude<PaypalKind, 'paypal_transaction'>;
  readonly id: string;
  readonly order: string;
}

/** What a decision leads to, committed together. */
export interface PaypalEffects {
  readonly puts: readonly Put[];
  readonly events: readonly PaypalEventDraft[];
}

/** Commits what a decision leads to, and then delivers its events. */
export interface PaypalEngine {
  /** All of it, together with `more`, as one unit; afterwards the webhooks are on their way. */
  commit(effects: PaypalEffects, more?: readonly Put[]): void;
}

const RESOURCE_TYPES = {
  paypal_order: 'checkout-order',
  paypal_authorization: 'authorization',
  paypal_capture: 'capture',
  paypal_refund: 'refund',
  paypal_dispute: 'dispute',
} as const;

export function createPaypalEngine(options: {
  store: Store;
  courier: WebhookCourier<AnyEvent>;
  base: () => string;
  /** Event types that the webhook endpoint listens to; all when absent. */
  webhookEvents?: readonly string[] | undefined;
}): PaypalEngine {
  const { store, courier, webhookEvents } = options;
  return {
    commit({ puts, events: drafts }, more = []) {
      const after = withPuts(store, puts);
      const createdAt = new Date().toISOString();
      const events = drafts.map(
        (draft): PaypalEventRecord => ({
          id: paypalEventId(),
          provider: 'paypal',
          type: draft.type,
          createdAt,
          resourceType: RESOURCE_TYPES[draft.kind],
          summary: `${draft.type} ${draft.id}`,
          resource: render(draft.kind, draft.id, after, options.base()),
          about: { id: draft.id, order: draft.order },
          wanted: webhookEvents === undefined || webhookEvents.includes(draft.type),
        }),
      );
      store.commit([...puts, ...events.map((event): Put => ['paypal_event', event]), ...more]);
      courier.enqueue(events);
    },
  };
}

/** What the store will show once these are committed. */
export function withPuts(store: Reader, puts: readonly Put[]): Reader {
  const fresh = <K extends Kind>(kind: K): Kinds[K][] =>
    puts.filter(([of]) => of === kind).map(([, record]) => record as Kinds[K]);
  return {
    get: (kind, id) => fresh(kind).findLast((record) => record.id === id) ?? store.get(kind, id),
    list(kind) {
      const changed = new Map(fresh(kind).map((record) => [record.id, record]));
      const known = store.list(kind).map((record) => {
        const now = changed.get(record.id) ?? record;
        changed.delete(record.id);
        return now;
      });
      return [...[...changed.values()].reverse(), ...known];
    },
  };
}
