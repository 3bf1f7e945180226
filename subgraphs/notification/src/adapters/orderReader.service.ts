import type { ServiceClient } from '@souk/runtime';
import type { OrderReader } from '../app/ports.js';
import type { OrderForMail } from '../domain/notification.js';

const DOCUMENT = `query OrderForNotification($id: ID!) {
  orderForNotification(id: $id) {
    id number email phone customerName locale placedAt paymentDueAt
    lines { productName variantName sku quantity unitPrice { ...money } total { ...money } }
    subtotal { ...money } discount { ...money } shipping { ...money } tax { ...money } total { ...money }
    shippingAddress { fullName company streetLine1 streetLine2 city region postalCode countryCode }
  }
}
fragment money on Money { centAmount currencyCode }`;

/** Reads an order from the order service. */
export const createOrderReader =
  (client: Pick<ServiceClient, 'request'>): OrderReader =>
  async (id) => {
    const { orderForNotification } = await client.request<{ orderForNotification: OrderForMail | null }>(DOCUMENT, {
      id,
    });
    return orderForNotification ?? undefined;
  };
