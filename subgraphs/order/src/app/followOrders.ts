import { EventEmitter } from 'node:events';
import { monotonicMs } from '@souk/runtime';
import type { OrderView } from '../domain/order.js';
import type { OrderStore } from './ports.js';

/** Times in milliseconds. Each that waits holds a connection of a gateway's to this process. */
const LIMITS = {
  /** How long a request waits; well within the gateway's patience (SUBGRAPH_TIMEOUT_MS). */
  waitMs: 3_000,
  /** How long a change made by another replica may go unseen. */
  lookAgainMs: 250,
  /** Who comes when so many wait is answered at once. */
  mostWaiting: 128,
};

export type FollowOrders = ReturnType<typeof followOrders>;

/** Requests that wait for an order to change, instead of asking for it again and again. */
export function followOrders(limits: Partial<typeof LIMITS> = {}) {
  const { waitMs, lookAgainMs, mostWaiting } = { ...LIMITS, ...limits };
  /** Emits the ids of orders that changed. */
  const signals = new EventEmitter().setMaxListeners(0);
  let count = 0;
  let ended = false;

  /** Until somebody changes the order, or it is time to look again. */
  function nextChange(orderId: string): { readonly seen: Promise<void>; forget(): void } {
    let look: () => void = () => undefined;
    const seen = new Promise<void>((resolve) => {
      look = resolve;
    });
    signals.once(orderId, look);
    const timer = setTimeout(look, lookAgainMs);
    return {
      seen,
      forget() {
        clearTimeout(timer);
        signals.off(orderId, look);
      },
    };
  }

  return {
    /** The store, whose changes end waiting at once. */
    watch<Store extends Pick<OrderStore, 'apply'>>(orders: Store): Store {
      return {
        ...orders,
        async apply(changes, causedBy) {
          const changed = await orders.apply(changes, causedBy);
          for (const orderId of changed) signals.emit(orderId);
          return changed;
        },
      };
    },

    /**
     * Answers what `read` does as soon as that has another status than `status`, and as it is after 3 s; at once when very many wait
     * already. What the viewer may not see is not waited for: `read` answers undefined.
     */
    async whileIn(
      orderId: string,
      status: OrderView['status'],
      read: () => Promise<OrderView | undefined>,
    ): Promise<OrderView | undefined> {
      if (count >= mostWaiting) return read();
      const deadline = monotonicMs() + waitMs;
      count += 1;
      try {
        for (;;) {
          // Before reading, so that a change in between is not missed.
          const change = nextChange(orderId);
          try {
            const order = await read();
            if (order?.status !== status || ended || monotonicMs() >= deadline) return order;
            await change.seen;
          } finally {
            change.forget();
          }
        }
      } finally {
        count -= 1;
      }
    },

    /** Whoever waits is answered now, and nobody waits any more: the process is about to end. */
    end(): void {
      ended = true;
      for (const orderId of signals.eventNames()) signals.emit(orderId);
    },
  };
}
