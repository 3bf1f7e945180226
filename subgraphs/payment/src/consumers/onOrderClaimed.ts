import type { EventHandlers } from '@souk/outbox';
import type { App } from '../app/index.js';

/** The payments of an order that has got an owner are that owner's, too. */
export const onOrderClaimed =
  (app: App): EventHandlers['order.claimed'] =>
  ({ id, data }) =>
    app.followOrderClaim(data.orderId, data.customerId, id);
