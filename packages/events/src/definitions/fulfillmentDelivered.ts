import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf, orderNumber } from '../fields.js';

/** A parcel has arrived, as its carrier or staff say. */
export const fulfillmentDelivered = defineEvent({
  type: 'fulfillment.delivered',
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
