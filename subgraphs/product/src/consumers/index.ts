import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** Every event that this service consumes: each is one statement in which the inbox row and the effect go together. */
export function consumers(app: App): EventHandlers {
  return {
    'order.confirmed': async (event) => void (await app.commitStock(event.data.orderId, { event })),
    'order.expired': async (event) => void (await app.releaseStock(event.data.orderId, event)),
    'order.cancelled': async (event) => void (await app.cancelStock(event.data.orderId, event)),
  };
}
