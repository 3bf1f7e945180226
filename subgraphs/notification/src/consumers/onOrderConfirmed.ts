import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Sends the confirmation, by mail and, with a number, as a text message. */
export const onOrderConfirmed =
  (app: WorkerApp): NonNullable<EventHandlers['order.confirmed']> =>
  (event) =>
    app.notify({ event, template: 'order.confirmed', orderId: event.data.orderId });
