import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { centAmount, currencyCode, idOf, purposeId } from '../fields.js';

/** Money went back to the customer, all or a part of it. One event per refund. */
export const paymentRefunded = defineEvent({
  type: 'payment.refunded',
  version: 1,
  producer: 'payment',
  consumers: ['order', 'notification'],
  isAwaited: true,
  data: z.object({
    paymentId: idOf('pay'),
    refundId: idOf('ref'),
    orderId: idOf('ord'),
    purposeId: purposeId(),
    centAmount: centAmount(),
    currencyCode: currencyCode(),
    initiatedBy: z.enum(['STAFF', 'CUSTOMER_RETURN', 'COMPENSATION', 'PROVIDER']),
    /** The accepted return that it pays for. */
    returnId: idOf('rtn').nullable().default(null),
  }),
});
