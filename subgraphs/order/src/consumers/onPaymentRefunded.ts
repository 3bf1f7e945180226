import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** Shows the refund in the order's timeline, and closes the return that it pays for. */
export const onPaymentRefunded =
  (app: App): NonNullable<EventHandlers['payment.refunded']> =>
  (event) =>
    event.data.returnId === null ? app.recordPaymentEvent(event) : app.closeReturn(event, event.data.returnId);
