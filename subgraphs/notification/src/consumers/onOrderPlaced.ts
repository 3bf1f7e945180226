import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Tells that the order came in and until when it must be paid. One that costs nothing is confirmed at once, which is mail enough. */
export const onOrderPlaced =
  (app: WorkerApp): NonNullable<EventHandlers['order.placed']> =>
  async (event) => {
    if (event.data.totalCentAmount > 0)
      await app.notify({ event, template: 'order.placed', orderId: event.data.orderId });
  };
