import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { centAmount, currencyCode, idOf, orderNumber, quantity, stockIds } from '../fields.js';

/**
 * What is ordered has changed after placing: lines, an address or the way of shipping. `removed` are units that the order no
 * longer needs: they are taken from what `stockIds` hold, once per edit. `soldStockIds` are sold with this event (an edit of a
 * paid order); what an edit adds to an unpaid order is sold with `order.confirmed`. `totalCentAmount` is the new total,
 * `previousTotalCentAmount` the one before.
 */
export const orderEdited = defineEvent({
  type: 'order.edited',
  version: 1,
  producer: 'order',
  consumers: ['product', 'payment', 'notification'],
  data: z.object({
    orderId: idOf('ord'),
    number: orderNumber(),
    customerId: idOf('usr').nullable(),
    editId: idOf('oed'),
    removed: z.array(z.object({ variantId: idOf('var'), quantity: quantity() })).max(500),
    stockIds: stockIds(),
    soldStockIds: stockIds(),
    totalCentAmount: centAmount(),
    previousTotalCentAmount: centAmount(),
    currencyCode: currencyCode(),
  }),
});
