import type { Mail, OrderForMail, ReturnForMail, Shop } from '../notification.js';
import { articles } from './articles.js';
import { exchanges } from './exchanges.js';
import { type Block, greet, layout, paragraph } from './layout.js';
import { orderLink } from './orderLink.js';
import { amount } from './orderSummary.js';
import { sms } from './sms.js';

/** The goods are there: what was accepted, and what follows. */
export const returnReceived = (shop: Shop, order: OrderForMail, back: ReturnForMail): Mail =>
  layout(shop, {
    subject: `Your return ${back.number} has arrived`,
    heading: 'Your return has arrived',
    greeting: greet(order.customerName),
    blocks: [
      paragraph(`We have received and checked what you sent back of your order ${order.number}.`),
      ...arrived('Accepted', back, 'accepted'),
      ...arrived('Not accepted; it goes back to you', back, 'rejected'),
      ...exchanges(back),
      ...refund(order, back).map(paragraph),
      ...orderLink(shop, order),
    ],
  });

/** The same as a text message. */
export const returnReceivedSms = (shop: Shop, order: OrderForMail, back: ReturnForMail): string =>
  sms(shop, [`your return ${back.number} has arrived.`, ...refund(order, back)].join(' '));

function arrived(heading: string, back: ReturnForMail, count: 'accepted' | 'rejected'): Block[] {
  const lines = back.lines.filter((line) => line[count] > 0).map((line) => ({ ...line, quantity: line[count] }));
  return lines.length === 0 ? [] : [articles(heading, lines)];
}

const refund = (order: OrderForMail, back: ReturnForMail): string[] =>
  back.refund.centAmount === 0 ? [] : [`We refund ${amount(back.refund, order.locale)}.`];
