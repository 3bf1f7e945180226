import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { code, idOf, orderNumber, stockIds } from '../fields.js';

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
    stockIds: stockIds(),
    number: orderNumber(),
    customerId: idOf('usr').nullable(),
    /** Null for an order that staff made without a cart. */
    cartId: idOf('crt').nullable(),
    couponCodes: z.array(z.string().min(1).max(64)).max(20),
    reason: code(),
  }),
});
