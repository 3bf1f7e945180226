import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** Cancels an order that nobody pays for any more. */
export const onPaymentVoided = (app: App): EventHandlers['payment.voided'] => app.applyVoid;
