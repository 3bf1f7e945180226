import { z } from 'zod';
import { defineEvent } from '../defineEvent.js';
import { centAmount, currencyCode, idOf, orderNumber, stockIds } from '../fields.js';

/** An order is paid in full: stock is committed, the customer gets the confirmation. */
export const orderConfirmed = defineEvent({
  type: 'order.confirmed',
  version: 1,
  producer: 'order',
  consumers: ['notification', 'product', 'payment'],
  data: z.object({
    orderId: idOf('ord'),
    stockIds: stockIds(),
    number: orderNumber(),
    customerId: idOf('usr').nullable(),
    currencyCode: currencyCode(),
    totalCentAmount: centAmount(),
    /** Null for an order that costs nothing. */
    paymentId: idOf('pay').nullable(),
  }),
});
