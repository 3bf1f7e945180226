import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Forgets where the customer of an order was written to. */
export const onOrderErased = (app: WorkerApp): NonNullable<EventHandlers['order.erased']> => app.eraseOrder;
