import type { ServiceClient } from '@souk/runtime';
import type { InvoiceOrderPort } from '../../app/documents/documentPorts.js';
import type { OrderForInvoice } from '../../domain/documents/invoice.js';

const ADDRESS = '{ fullName company streetLine1 streetLine2 city region postalCode countryCode }';
const ORDERS = `query PaymentInvoiceOrders($ids: [ID!]!) {
  ordersForInvoice(ids: $ids) {
    id isErased number status version customerId locale currencyCode discountCents shippingCents shippingDiscountCents shippingTaxCents
    shippingTaxBasisPoints taxCents taxIncluded totalCents shippingMethodName placedAt confirmedAt
    lines {
      id productName variantName sku quantity unitPriceCents discountCents taxCents taxBasisPoints totalCents
    }
    shippingAddress ${ADDRESS} billingAddress ${ADDRESS}
  }
}`;

type Answered = Omit<OrderForInvoice, 'placedAt' | 'confirmedAt'> & {
  readonly placedAt: string;
  readonly confirmedAt: string | null;
};

/** The order service, called as a service, for what documents say. */
export function createInvoiceOrderPort(client: Pick<ServiceClient, 'request'>): InvoiceOrderPort {
  return {
    async forInvoice(ids) {
      const answer = await client.request<{ ordersForInvoice: (Answered | null)[] }>(ORDERS, { ids });
      return answer.ordersForInvoice.map(
        (order) =>
          order && {
            ...order,
            placedAt: new Date(order.placedAt),
            confirmedAt: order.confirmedAt === null ? null : new Date(order.confirmedAt),
          },
      );
    },
  };
}
