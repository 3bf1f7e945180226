import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { centAmount, currencyCode, idOf } from '../fields.js';

/** Money went back to the customer, all or a part of it. One event per refund. */
export const paymentRefunded = defineEvent({
  type: 'payment.refunded',
  version: 1,
  producer: 'payment',
  consumers: ['order', 'notification'],
  data: z.object({
    paymentId: idOf('pay'),
    refundId: idOf('ref'),
    orderId: idOf('ord'),
    centAmount: centAmount(),
    currencyCode: currencyCode(),
    initiatedBy: z.enum(['STAFF', 'CUSTOMER_RETURN', 'COMPENSATION', 'PROVIDER']),
  }),
});
