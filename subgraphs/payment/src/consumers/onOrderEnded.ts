import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** Nobody should pay for an order that expired: its live intent is cancelled. */
export const onOrderExpired = (app: App): EventHandlers['order.expired'] => app.followOrderEnd;

/** The live intent of a cancelled order is cancelled; what was captured goes back. */
export const onOrderCancelled = (app: App): EventHandlers['order.cancelled'] => app.followOrderEnd;
