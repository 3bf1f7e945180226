import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Tells what is ordered now, and what it costs. */
export const onOrderEdited =
  (app: WorkerApp): NonNullable<EventHandlers['order.edited']> =>
  (event) => {
    const { orderId, currencyCode, totalCentAmount, previousTotalCentAmount } = event.data;
    const totals = {
      before: { centAmount: previousTotalCentAmount, currencyCode },
      after: { centAmount: totalCentAmount, currencyCode },
    };
    return app.notify({ event, template: 'order.edited', orderId, params: { totals } });
  };
