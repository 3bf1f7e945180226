import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Tells that the order was called off. */
export const onOrderCancelled =
  (app: WorkerApp): NonNullable<EventHandlers['order.cancelled']> =>
  (event) =>
    app.notify({ event, template: 'order.cancelled', orderId: event.data.orderId });
