import type { Mail, OrderForMail, Shop } from '../notification.js';
import { greet, layout, paragraph } from './layout.js';
import { orderSummary } from './orderSummary.js';

/** The order was called off. */
export const orderCancelled = (shop: Shop, order: OrderForMail): Mail =>
  layout(shop, {
    subject: `Your order ${order.number} is cancelled`,
    heading: 'Your order is cancelled',
    greeting: greet(order.customerName),
    blocks: [
      paragraph(`Your order ${order.number} is cancelled and will not be delivered.`),
      paragraph(
        'If you have paid already, we give the money back automatically and tell you about it in another message.',
      ),
      orderSummary(order),
    ],
  });
