import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf } from '../fields.js';

/** An order no longer says whose it was, since its customer has deleted his account and it is over. Whoever kept something of it erases it. */
export const orderErased = defineEvent({
  type: 'order.erased',
  version: 1,
  producer: 'order',
  consumers: ['cart', 'notification'],
  data: z.object({ orderId: idOf('ord'), cartId: idOf('crt').nullable() }),
});
