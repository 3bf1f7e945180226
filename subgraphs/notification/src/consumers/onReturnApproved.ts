import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Tells how to send the goods. */
export const onReturnApproved =
  (app: WorkerApp): NonNullable<EventHandlers['return.approved']> =>
  (event) => {
    const { orderId, returnId } = event.data;
    return app.notify({ event, template: 'return.approved', orderId, params: { returnId } });
  };
