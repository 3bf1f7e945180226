import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** Confirms the order, or gives the authorization up: with manual capture the money is taken when it ships. */
export const onPaymentAuthorized = (app: App): EventHandlers['payment.authorized'] => app.applyCapture;
