import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Tells what was accepted and what follows. */
export const onReturnReceived =
  (app: WorkerApp): NonNullable<EventHandlers['return.received']> =>
  (event) => {
    const { orderId, returnId } = event.data;
    return app.notify({ event, template: 'return.received', orderId, params: { returnId } });
  };
