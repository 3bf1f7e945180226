import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf } from '../fields.js';

/** A guest's order has become an account's, whose verified address it was placed with: it is no longer open to whoever knows its id. */
export const orderClaimed = defineEvent({
  type: 'order.claimed',
  version: 1,
  producer: 'order',
  consumers: ['cart', 'payment'],
  data: z.object({ orderId: idOf('ord'), customerId: idOf('usr') }),
});
