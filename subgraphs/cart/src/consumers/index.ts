import type { EventHandlers } from '@souk/outbox';

/** Gives back an order's promotion uses, once per event. */
export type ReleasePromotions = (eventId: string, orderId: string, now: Date) => Promise<void>;

/** Every event that the cart service consumes. The cart itself stays COMPLETED: there was an order. */
export function createConsumers(releasePromotions: ReleasePromotions, now: () => Date): EventHandlers {
  return {
    'order.expired': (event) => releasePromotions(event.id, event.data.orderId, now()),
    'order.cancelled': (event) => releasePromotions(event.id, event.data.orderId, now()),
  };
}
