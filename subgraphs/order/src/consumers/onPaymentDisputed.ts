import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** Shows the dispute, to the staff, in the order's timeline. */
export const onPaymentDisputed = (app: App): EventHandlers['payment.disputed'] => app.recordPaymentEvent;
