import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { centAmount, currencyCode, idOf, instant, orderNumber } from '../fields.js';

/** An order exists and its stock is reserved until `paymentDueAt`. `customerId` is null for guests. */
export const orderPlaced = defineEvent({
  type: 'order.placed',
  version: 1,
  producer: 'order',
  consumers: ['notification'],
  data: z.object({
    orderId: idOf('ord'),
    number: orderNumber(),
    customerId: idOf('usr').nullable(),
    currencyCode: currencyCode(),
    totalCentAmount: centAmount(),
    paymentDueAt: instant(),
  }),
});
