import type { ServiceClient } from '@souk/runtime';
import type { OrderForPayment, OrderPort } from '../app/ports.js';

const ORDER = `query PaymentOrder($id: ID!) {
  orderForPayment(id: $id) { id number status currencyCode purposeId dueCentAmount customerId paymentDueAt payable }
}`;

type Answer = { orderForPayment: (Omit<OrderForPayment, 'paymentDueAt'> & { paymentDueAt: string }) | null };

/** The order service, called as a service. */
export function createOrderPort(client: ServiceClient): OrderPort {
  return {
    async forPayment(orderId) {
      const { orderForPayment: order } = await client.request<Answer>(ORDER, { id: orderId }, { timeoutMs: 3_000 });
      return order === null ? null : { ...order, paymentDueAt: new Date(order.paymentDueAt) };
    },
  };
}
