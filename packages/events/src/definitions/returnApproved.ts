import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf, orderNumber } from '../fields.js';

/** Staff agreed to a return: the customer may send the goods. */
export const returnApproved = defineEvent({
  type: 'return.approved',
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
