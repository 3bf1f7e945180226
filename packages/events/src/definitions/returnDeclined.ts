import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf, orderNumber } from '../fields.js';

/** Staff did not agree to a return. Why is told by the order service, as people typed it. */
export const returnDeclined = defineEvent({
  type: 'return.declined',
  version: 1,
  producer: 'order',
  consumers: ['notification'],
  data: z.object({
    orderId: idOf('ord'),
    number: orderNumber(),
    customerId: idOf('usr').nullable(),
    returnId: idOf('rtn'),
  }),
});
