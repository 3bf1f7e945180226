import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Tells that the order came in and until when it must be paid. */
export const onOrderPlaced =
  (app: WorkerApp): NonNullable<EventHandlers['order.placed']> =>
  (event) =>
    app.notify({ event, template: 'order.placed', orderId: event.data.orderId });
