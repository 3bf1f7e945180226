import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Acknowledges the request. */
export const onReturnRequested =
  (app: WorkerApp): NonNullable<EventHandlers['return.requested']> =>
  (event) => {
    const { orderId, returnId } = event.data;
    return app.notify({ event, template: 'return.requested', orderId, params: { returnId } });
  };
