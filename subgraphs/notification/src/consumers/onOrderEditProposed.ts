import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Asks for the payment of a change. */
export const onOrderEditProposed =
  (app: WorkerApp): NonNullable<EventHandlers['order.edit_proposed']> =>
  (event) => {
    const { orderId, currencyCode, dueCentAmount, dueAt } = event.data;
    const due = { money: { centAmount: dueCentAmount, currencyCode }, until: dueAt };
    return app.notify({ event, template: 'order.edit_proposed', orderId, params: { due } });
  };
