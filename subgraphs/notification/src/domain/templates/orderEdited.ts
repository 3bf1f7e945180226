import type { Mail, OrderForMail, Shop, TotalChange } from '../notification.js';
import { greet, layout, paragraph } from './layout.js';
import { orderLink } from './orderLink.js';
import { amount, orderSummary, shippingAddress } from './orderSummary.js';

/** The order was changed: what is ordered now, and what that means for its price. */
export const orderEdited = (shop: Shop, order: OrderForMail, change: TotalChange): Mail =>
  layout(shop, {
    subject: `Your order ${order.number} was changed`,
    heading: 'Your order was changed',
    greeting: greet(order.customerName),
    blocks: [
      paragraph(`Your order ${order.number} was changed. Below is what is ordered now.`),
      paragraph(whatItMeans(order, change)),
      ...orderLink(shop, order),
      orderSummary(order),
      shippingAddress(order),
    ],
  });

function whatItMeans(order: OrderForMail, { before, after }: TotalChange): string {
  const money = (centAmount: number) => amount({ centAmount, currencyCode: after.currencyCode }, order.locale);
  const difference = after.centAmount - before.centAmount;
  const total = `The total is now ${amount(after, order.locale)}`;
  if (difference === 0) return `${total}, as before.`;
  if (difference > 0) return `${total}, ${money(difference)} more than before.`;
  return `${total}, ${money(-difference)} less than before. What you have paid too much we give back automatically.`;
}
