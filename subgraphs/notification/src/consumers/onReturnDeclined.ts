import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Tells that, and why, the goods are not taken back. */
export const onReturnDeclined =
  (app: WorkerApp): NonNullable<EventHandlers['return.declined']> =>
  (event) => {
    const { orderId, returnId } = event.data;
    return app.notify({ event, template: 'return.declined', orderId, params: { returnId } });
  };
