import { type Order, stockIdsOf } from '../domain/order.js';

/** What the events that end an order tell, so that everything it holds is given back: stock, coupons, money, its cart. */
export const endedData = (order: Order, reason: string) => ({
  orderId: order.id,
  stockIds: stockIdsOf(order),
  number: order.number,
  customerId: order.customerId,
  cartId: order.cartId,
  couponCodes: [...order.couponCodes],
  reason,
});
