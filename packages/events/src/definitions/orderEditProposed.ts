import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { centAmount, currencyCode, idOf, instant, orderNumber } from '../fields.js';

/**
 * Staff changed a paid order so that it costs more: the change waits for the payment of the difference until `dueAt`. Its stock is
 * held under the edit's id until then.
 */
export const orderEditProposed = defineEvent({
  type: 'order.edit_proposed',
  version: 1,
  producer: 'order',
  consumers: ['notification'],
  data: z.object({
    orderId: idOf('ord'),
    number: orderNumber(),
    customerId: idOf('usr').nullable(),
    editId: idOf('oed'),
    dueCentAmount: centAmount(),
    currencyCode: currencyCode(),
    dueAt: instant(),
  }),
});
