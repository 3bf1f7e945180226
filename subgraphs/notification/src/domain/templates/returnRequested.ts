import type { Mail, OrderForMail, ReturnForMail, Shop } from '../notification.js';
import { articles } from './articles.js';
import { greet, layout, paragraph } from './layout.js';
import { orderLink } from './orderLink.js';
import { sms } from './sms.js';

/** The request has come in; nothing is to be sent yet. */
export const returnRequested = (shop: Shop, order: OrderForMail, back: ReturnForMail): Mail =>
  layout(shop, {
    subject: `We have received your return ${back.number}`,
    heading: 'We have received your return request',
    greeting: greet(order.customerName),
    blocks: [
      paragraph(
        `You want to return something of your order ${order.number}. We look at it and tell you what to do; please do not send anything yet.`,
      ),
      articles(`Return ${back.number}`, back.lines),
      ...orderLink(shop, order),
    ],
  });

/** The same as a text message. */
export const returnRequestedSms = (shop: Shop, order: OrderForMail, back: ReturnForMail): string =>
  sms(shop, `we have your return request ${back.number} for order ${order.number} and will tell you what to do.`);
