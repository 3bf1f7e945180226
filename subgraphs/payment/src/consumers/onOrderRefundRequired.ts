import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** Gives back a payment that came too late. */
export const onOrderRefundRequired = (app: App): EventHandlers['order.refund_required'] => app.followRefundRequired;
