import type { Mail, OrderForMail, ReturnForMail, Shop } from '../notification.js';
import { articles } from './articles.js';
import { exchanges } from './exchanges.js';
import { greet, layout, paragraph } from './layout.js';
import { orderLink } from './orderLink.js';
import { sms } from './sms.js';

/** Staff agreed: how the goods are sent. */
export const returnApproved = (shop: Shop, order: OrderForMail, back: ReturnForMail): Mail =>
  layout(shop, {
    subject: `Your return ${back.number} is approved`,
    heading: 'Your return is approved',
    greeting: greet(order.customerName),
    blocks: [
      paragraph(
        `Please send back what you no longer want of your order ${order.number}. Write the number ${back.number} on the parcel, so that we know it is yours.`,
      ),
      articles('Please send', back.lines),
      ...exchanges(back),
      paragraph('As soon as it is here and we have looked at it, we refund it or send what you want instead.'),
      ...orderLink(shop, order),
    ],
  });

/** The same as a text message. */
export const returnApprovedSms = (shop: Shop, order: OrderForMail, back: ReturnForMail): string =>
  sms(
    shop,
    `your return ${back.number} for order ${order.number} is approved. Please write that number on the parcel.`,
  );
