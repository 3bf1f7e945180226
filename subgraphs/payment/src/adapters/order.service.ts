import { type ServiceClient, ServiceUnavailable } from '@souk/runtime';
import type { OrderForPayment, OrderPort } from '../app/ports.js';

const ORDER = `query PaymentOrder($id: ID!) {
  orderForPayment(id: $id) { id number status currencyCode purposeId dueCentAmount customerId paymentDueAt payable countryCode }
}`;

const EXTEND = `mutation PaymentOrderWindow($orderId: ID!, $until: DateTime!) {
  window: orderPaymentWindowExtend(orderId: $orderId, until: $until) { paymentDueAt userErrors { code } }
}`;

type Answer = { orderForPayment: (Omit<OrderForPayment, 'paymentDueAt'> & { paymentDueAt: string }) | null };

interface Extended {
  readonly window: { readonly paymentDueAt: string | null; readonly userErrors: readonly { readonly code: string }[] };
}

/** The order service, called as a service. */
export function createOrderPort(client: ServiceClient): OrderPort {
  return {
    async forPayment(orderId) {
      const { orderForPayment: order } = await client.request<Answer>(ORDER, { id: orderId }, { timeoutMs: 3_000 });
      return order === null ? null : { ...order, paymentDueAt: new Date(order.paymentDueAt) };
    },
    async extendPaymentWindow(orderId, until) {
      const variables = { orderId, until: until.toISOString() };
      const { window } = await client.request<Extended>(EXTEND, variables, { timeoutMs: 3_000 });
      if (window.userErrors.some(({ code }) => code === 'DEPENDENCY_UNAVAILABLE' || code === 'CONFLICT')) {
        throw new ServiceUnavailable('order', 'the order cannot be made to wait right now');
      }
      return window.userErrors.length === 0;
    },
  };
}
