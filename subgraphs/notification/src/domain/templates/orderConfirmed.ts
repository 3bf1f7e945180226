import { oneLine } from '@souk/runtime/html';
import type { Mail, OrderForMail, Shop } from '../notification.js';
import { greet, layout, paragraph } from './layout.js';
import { orderLink } from './orderLink.js';
import { amount, orderSummary, shippingAddress } from './orderSummary.js';

/** The order is paid: the confirmation that customers keep. */
export const orderConfirmed = (shop: Shop, order: OrderForMail): Mail =>
  layout(shop, {
    subject: `Your order ${order.number} is confirmed`,
    heading: 'Your order is confirmed',
    greeting: greet(order.customerName),
    blocks: [
      paragraph(
        `We have received your payment of ${amount(order.total, order.locale)} for order ${order.number}. We are getting it ready for you.`,
      ),
      ...orderLink(shop, order),
      orderSummary(order),
      shippingAddress(order),
    ],
  });

/** The same as a text message. */
export const orderConfirmedSms = (shop: Shop, order: OrderForMail): string =>
  oneLine(
    `${oneLine(shop.name, 40)}: your order ${order.number} is confirmed, ${amount(order.total, order.locale)} paid. Thank you!`,
    160,
  );
