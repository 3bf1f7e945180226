import type { Mail, OrderForMail, Shop } from '../notification.js';
import { greet, layout, paragraph } from './layout.js';
import { orderSummary } from './orderSummary.js';

/** The order was not paid in time. */
export const orderExpired = (shop: Shop, order: OrderForMail): Mail =>
  layout(shop, {
    subject: `Your order ${order.number} was not paid in time`,
    heading: 'Your order has expired',
    greeting: greet(order.customerName),
    blocks: [
      paragraph(
        `Your order ${order.number} was not paid in time, so we had to release its goods. You have not been charged.`,
      ),
      paragraph('Should a payment still arrive, we refund it automatically. You are welcome to order again.'),
      orderSummary(order),
    ],
  });
