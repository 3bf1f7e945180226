import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Tells that a parcel is on its way and where it is followed. */
export const onFulfillmentShipped =
  (app: WorkerApp): NonNullable<EventHandlers['fulfillment.shipped']> =>
  (event) => {
    const { orderId, fulfillmentId } = event.data;
    return app.notify({ event, template: 'fulfillment.shipped', orderId, params: { fulfillmentId } });
  };
