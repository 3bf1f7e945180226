import type { Mail, OrderForMail, ParcelForMail, Shop } from '../notification.js';
import { articles } from './articles.js';
import { button, greet, layout, paragraph } from './layout.js';
import { orderLink } from './orderLink.js';
import { shippingAddress } from './orderSummary.js';
import { sms } from './sms.js';

/** A parcel has left: what is in it and where it is followed. */
export const fulfillmentShipped = (shop: Shop, order: OrderForMail, parcel: ParcelForMail): Mail =>
  layout(shop, {
    subject: `${parcel.isWholeOrder ? 'Your' : 'Part of your'} order ${order.number} is on its way`,
    heading: parcel.isWholeOrder ? 'Your order is on its way' : 'Part of your order is on its way',
    greeting: greet(order.customerName),
    blocks: [
      paragraph(
        parcel.isWholeOrder
          ? `We have sent your order ${order.number}.`
          : `We have sent a part of your order ${order.number}. The rest has its own parcel.`,
      ),
      ...tracking(parcel).map(paragraph),
      ...(parcel.trackingUrl === null ? [] : [button('Follow your parcel', parcel.trackingUrl)]),
      articles('In this parcel', parcel.lines),
      shippingAddress(order),
      ...orderLink(shop, order),
    ],
  });

/** The same as a text message. */
export const fulfillmentShippedSms = (shop: Shop, order: OrderForMail, parcel: ParcelForMail): string =>
  sms(
    shop,
    `${parcel.isWholeOrder ? 'your' : 'part of your'} order ${order.number} is on its way.`,
    parcel.trackingUrl ?? tracking(parcel)[0],
  );

function tracking({ carrier, trackingNumber }: ParcelForMail): string[] {
  if (trackingNumber === null) return carrier === null ? [] : [`It comes with ${carrier}.`];
  return [`It comes${carrier === null ? '' : ` with ${carrier}`}; its number is ${trackingNumber}.`];
}
