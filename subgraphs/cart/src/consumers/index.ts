import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** Gives back an order's promotion uses, once per event. */
export type ReleasePromotions = (eventId: string, orderId: string, now: Date) => Promise<void>;

/** Makes the cart of an order its owner's, once per event. */
export type GiveCart = (eventId: string, orderId: string, customerId: string) => Promise<void>;

/** Every event that the cart service consumes. After an order's end its cart stays COMPLETED: there was an order. */
export function createConsumers(
  releasePromotions: ReleasePromotions,
  giveCart: GiveCart,
  app: Pick<App, 'eraseCustomer' | 'eraseOrder' | 'exportPersonalData' | 'now'>,
): EventHandlers {
  return {
    'account.erasure_requested': app.eraseCustomer,
    'account.export_requested': app.exportPersonalData,
    'order.claimed': ({ id, data }) => giveCart(id, data.orderId, data.customerId),
    'order.erased': app.eraseOrder,
    'order.expired': (event) => releasePromotions(event.id, event.data.orderId, app.now()),
    'order.cancelled': (event) => releasePromotions(event.id, event.data.orderId, app.now()),
  };
}
