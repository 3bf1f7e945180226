import type { WebhookCourier } from '../core/webhookCourier.js';
import type { AnyEvent } from '../events.js';
import type { Put, Store } from '../openStore.js';
import { type Effects, toPuts } from './effects.js';

/** Commits what a decision leads to, and then delivers its events. */
export interface StripeEngine {
  /** All of it, together with `more`, as one unit; afterwards the webhooks are on their way. */
  commit(effects: Effects, cause: Cause, more?: readonly Put[]): void;
}

export interface Cause {
  /** Unix seconds. */
  readonly now: number;
  /** Null: it happened at Stripe (dashboard, bank, shopper), not by a request of ours. */
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
}

export function createStripeEngine(options: {
  store: Store;
  courier: WebhookCourier<AnyEvent>;
  /** Event types that the endpoint listens to; all when absent. */
  webhookEvents?: readonly string[] | undefined;
}): StripeEngine {
  const { store, courier, webhookEvents } = options;
  const wanted = (type: string): boolean => webhookEvents === undefined || webhookEvents.includes(type);
  return {
    commit(effects, cause, more = []) {
      const { puts, events } = toPuts(effects, { ...cause, wanted });
      store.commit([...puts, ...more]);
      courier.enqueue(events);
    },
  };
}
