import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { centAmount, code, currencyCode, idOf } from '../fields.js';

/** Money came for an order that will not be delivered (it had expired or was cancelled): payment gives it back. */
export const orderRefundRequired = defineEvent({
  type: 'order.refund_required',
  version: 1,
  producer: 'order',
  consumers: ['payment'],
  data: z.object({
    orderId: idOf('ord'),
    paymentId: idOf('pay'),
    centAmount: centAmount(),
    currencyCode: currencyCode(),
    reason: code(),
  }),
});
