import type { Mail, OrderForMail, Shop } from '../notification.js';
import { instant } from './instant.js';
import { greet, layout, paragraph } from './layout.js';
import { orderLink } from './orderLink.js';
import { orderSummary, shippingAddress } from './orderSummary.js';

/** The order came in; its goods are held until it is paid. */
export const orderPlaced = (shop: Shop, order: OrderForMail): Mail =>
  layout(shop, {
    subject: `We have received your order ${order.number}`,
    heading: 'Thank you for your order',
    greeting: greet(order.customerName),
    blocks: [
      paragraph(
        `We have received your order ${order.number} and keep its goods for you. It is confirmed as soon as it is paid.`,
      ),
      paragraph(`Please pay before ${instant(order.paymentDueAt, order.locale)}; after that the goods are free again.`),
      ...orderLink(shop, order, 'View and pay'),
      orderSummary(order),
      shippingAddress(order),
    ],
  });
