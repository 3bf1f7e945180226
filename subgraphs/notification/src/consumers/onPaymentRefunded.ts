import type { EventHandlers } from '@souk/outbox';
import type { WorkerApp } from '../app/workerApp.js';

/** Tells how much money is on its way back. */
export const onPaymentRefunded =
  (app: WorkerApp): NonNullable<EventHandlers['payment.refunded']> =>
  (event) => {
    const { orderId, centAmount, currencyCode } = event.data;
    return app.notify({
      event,
      template: 'payment.refunded',
      orderId,
      params: { refund: { centAmount, currencyCode } },
    });
  };
