import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Tells that a parcel has arrived. */
export const onFulfillmentDelivered =
  (app: WorkerApp): NonNullable<EventHandlers['fulfillment.delivered']> =>
  (event) => {
    const { orderId, fulfillmentId } = event.data;
    return app.notify({ event, template: 'fulfillment.delivered', orderId, params: { fulfillmentId } });
  };
