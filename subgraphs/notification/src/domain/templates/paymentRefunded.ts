import type { Money } from '@souk/money';
import type { Mail, OrderForMail, Shop } from '../notification.js';
import { greet, layout, paragraph } from './layout.js';
import { orderLink } from './orderLink.js';
import { amount } from './orderSummary.js';

/** Money is on its way back. */
export const paymentRefunded = (shop: Shop, order: OrderForMail, refund: Money): Mail =>
  layout(shop, {
    subject: `Refund for your order ${order.number}`,
    heading: 'Your refund is on its way',
    greeting: greet(order.customerName),
    blocks: [
      paragraph(
        `We have refunded ${amount(refund, order.locale)} for your order ${order.number} to the means of payment that you used.`,
      ),
      paragraph('Depending on your bank it takes up to ten days until you see it on your account.'),
      ...orderLink(shop, order),
    ],
  });
