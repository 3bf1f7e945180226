import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** Shows the refund in the order's timeline. */
export const onPaymentRefunded = (app: App): EventHandlers['payment.refunded'] => app.recordPaymentEvent;
