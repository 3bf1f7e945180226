import type { OrderForMail, Shop } from '../notification.js';
import { type Block, button } from './layout.js';

/** The way to the order in the storefront, when there is one. */
export const orderLink = (shop: Shop, order: OrderForMail, label = 'View your order'): Block[] =>
  shop.storefrontUrl === undefined
    ? []
    : [button(label, `${shop.storefrontUrl}/orders/${encodeURIComponent(order.id)}`)];
