import type { Mail, OrderForMail, ParcelForMail, Shop } from '../notification.js';
import { articles } from './articles.js';
import { greet, layout, paragraph } from './layout.js';
import { orderLink } from './orderLink.js';
import { sms } from './sms.js';

/** A parcel has arrived. */
export const fulfillmentDelivered = (shop: Shop, order: OrderForMail, parcel: ParcelForMail): Mail =>
  layout(shop, {
    subject: `${parcel.isWholeOrder ? 'Your' : 'A parcel of your'} order ${order.number} has arrived`,
    heading: parcel.isWholeOrder ? 'Your order has arrived' : 'A parcel has arrived',
    greeting: greet(order.customerName),
    blocks: [
      paragraph(`We were told that a parcel of your order ${order.number} was delivered. We hope that you like it.`),
      articles('In this parcel', parcel.lines),
      paragraph('If it did not reach you, or something is not as it should be, answer to this message.'),
      ...orderLink(shop, order),
    ],
  });

/** The same as a text message. */
export const fulfillmentDeliveredSms = (shop: Shop, order: OrderForMail): string =>
  sms(shop, `a parcel of your order ${order.number} was delivered. If it did not reach you, please tell us.`);
