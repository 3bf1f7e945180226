import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** A confirmed order gets its invoice. */
export const onOrderConfirmed = (app: App): EventHandlers['order.confirmed'] => app.requestInvoice;
