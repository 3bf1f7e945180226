import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** Nobody should pay for an order that expired: its live intent is cancelled. */
export const onOrderExpired = (app: App): EventHandlers['order.expired'] => app.followOrderEnd;

/** The live intent of a cancelled order is cancelled; what was captured goes back, and an invoice of what was not is corrected. */
export const onOrderCancelled =
  (app: App): EventHandlers['order.cancelled'] =>
  async (event) => {
    // First what is no more than a note: the payments mark the event as applied.
    await app.followCancellationInDocuments(event);
    await app.followOrderEnd(event);
  };
