import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf, orderNumber } from '../fields.js';

/** A customer wants to send something back. */
export const returnRequested = defineEvent({
  type: 'return.requested',
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
