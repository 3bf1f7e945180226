import type { Money } from '@souk/money';
import type { Mail, OrderForMail, Shop } from '../notification.js';
import { instant } from './instant.js';
import { greet, layout, paragraph } from './layout.js';
import { orderLink } from './orderLink.js';
import { amount } from './orderSummary.js';

/** A change of a paid order waits for the payment of its difference. */
export const orderEditProposed = (
  shop: Shop,
  order: OrderForMail,
  due: { readonly money: Money; readonly until: string },
): Mail =>
  layout(shop, {
    subject: `Please pay the change of your order ${order.number}`,
    heading: 'Your order can be changed',
    greeting: greet(order.customerName),
    blocks: [
      paragraph(
        `The change of your order ${order.number} costs ${amount(due.money, order.locale)} more. Once that is paid, your order is changed.`,
      ),
      paragraph(
        `Please pay by ${instant(due.until, order.locale)}. Without a payment your order stays as it is, and is delivered as you know it.`,
      ),
      ...orderLink(shop, order),
    ],
  });
