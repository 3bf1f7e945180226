import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { code, idOf, orderNumber } from '../fields.js';

/**
 * An order was cancelled by the customer, by staff or by a failed placement: its stock and coupons are released, its payment is cancelled or refunded.
 * `reason` is a code; what a person typed stays in the order service.
 */
export const orderCancelled = defineEvent({
  type: 'order.cancelled',
  version: 1,
  producer: 'order',
  consumers: ['product', 'cart', 'payment', 'notification'],
  data: z.object({
    orderId: idOf('ord'),
    number: orderNumber(),
    customerId: idOf('usr').nullable(),
    cartId: idOf('crt'),
    couponCodes: z.array(z.string().min(1).max(64)).max(20),
    reason: code(),
  }),
});
