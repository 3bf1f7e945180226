import type { Mail, OrderForMail, ReturnForMail, Shop } from '../notification.js';
import { articles } from './articles.js';
import { greet, layout, paragraph } from './layout.js';
import { orderLink } from './orderLink.js';
import { sms } from './sms.js';

/** Staff did not agree, and why. */
export const returnDeclined = (shop: Shop, order: OrderForMail, back: ReturnForMail): Mail =>
  layout(shop, {
    subject: `About your return ${back.number}`,
    heading: 'We cannot take this back',
    greeting: greet(order.customerName),
    blocks: [
      paragraph(
        `You wanted to return something of your order ${order.number}. We are sorry that we cannot take it back.`,
      ),
      ...(back.declineReason === null ? [] : [paragraph(back.declineReason)]),
      articles(`Return ${back.number}`, back.lines),
      ...orderLink(shop, order),
    ],
  });

/** The same as a text message. */
export const returnDeclinedSms = (shop: Shop, order: OrderForMail, back: ReturnForMail): string =>
  sms(shop, `we cannot accept your return ${back.number} for order ${order.number}. Our mail tells you why.`);
