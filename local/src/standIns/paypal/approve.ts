import { unprocessable } from './failure.js';
import type { PaypalEffects } from './paypalEngine.js';
import type { Funding, PaypalOrderRecord } from './records.js';

/** The payer agrees to pay, or chooses something else to pay with. Nothing is charged before the shop captures. */
export function approve(order: PaypalOrderRecord, funding: Funding, now: string): PaypalEffects {
  if (order.status === 'COMPLETED' || order.status === 'VOIDED') {
    throw unprocessable('ORDER_ALREADY_COMPLETED', `The order is ${order.status}.`);
  }
  return {
    puts: [['paypal_order', { ...order, status: 'APPROVED', funding, updatedAt: now }]],
    events: [{ type: 'CHECKOUT.ORDER.APPROVED', kind: 'paypal_order', id: order.id, order: order.id }],
  };
}
