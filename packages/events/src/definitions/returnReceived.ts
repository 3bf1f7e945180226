import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { idOf, orderNumber, quantity, stockIds } from '../fields.js';

/**
 * Returned goods have arrived and were inspected. `restock` goes back on sale; what is held under `stockIds` (the return's own id,
 * or none) is sold: it is delivered in exchange. The money follows by `order.refund_required`.
 */
export const returnReceived = defineEvent({
  type: 'return.received',
  version: 1,
  producer: 'order',
  consumers: ['product', 'notification'],
  data: z.object({
    orderId: idOf('ord'),
    number: orderNumber(),
    customerId: idOf('usr').nullable(),
    returnId: idOf('rtn'),
    restock: z.array(z.object({ variantId: idOf('var'), quantity: quantity() })).max(500),
    stockIds: stockIds(),
  }),
});
