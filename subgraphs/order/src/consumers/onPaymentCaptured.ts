import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** Confirms the order, or sends the money back. */
export const onPaymentCaptured = (app: App): EventHandlers['payment.captured'] => app.applyCapture;
