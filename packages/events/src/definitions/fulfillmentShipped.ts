import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf, orderNumber } from '../fields.js';

/** A parcel has left the house: the customer is told how to follow it. */
export const fulfillmentShipped = defineEvent({
  type: 'fulfillment.shipped',
  version: 1,
  producer: 'order',
  consumers: ['notification'],
  data: z.object({
    orderId: idOf('ord'),
    number: orderNumber(),
    customerId: idOf('usr').nullable(),
    fulfillmentId: idOf('ful'),
  }),
});
