import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Tells that the order was not paid in time. */
export const onOrderExpired =
  (app: WorkerApp): NonNullable<EventHandlers['order.expired']> =>
  (event) =>
    app.notify({ event, template: 'order.expired', orderId: event.data.orderId });
