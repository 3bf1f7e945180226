import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** Shows the refused attempt in the order's timeline; the order stays as it is. */
export const onPaymentFailed = (app: App): EventHandlers['payment.failed'] => app.recordPaymentEvent;
