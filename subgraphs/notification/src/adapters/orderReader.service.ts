import type { ServiceClient } from '@souk/runtime';
import type { OrderReader } from '../app/ports.js';
import type { OrderForMail } from '../domain/notification.js';

const ORDER = `
    id number email phone customerName locale placedAt paymentDueAt
    lines { productName variantName sku quantity unitPrice { ...money } total { ...money } }
    subtotal { ...money } discount { ...money } shipping { ...money } tax { ...money } total { ...money }
    shippingAddress { fullName company streetLine1 streetLine2 city region postalCode countryCode }`;
const MONEY = 'fragment money on Money { centAmount currencyCode }';

const DOCUMENT = `query OrderForNotification($id: ID!) {
  orderForNotification(id: $id) {${ORDER}
  }
}
${MONEY}`;

const ABOUT_PARCEL = `query OrderForParcelNotification($id: ID!, $fulfillmentId: ID!) {
  orderForNotification(id: $id) {${ORDER}
    fulfillment(id: $fulfillmentId) {
      carrier trackingNumber trackingUrl isWholeOrder lines { productName variantName sku quantity }
    }
  }
}
${MONEY}`;

const ABOUT_RETURN = `query OrderForReturnNotification($id: ID!, $returnId: ID!) {
  orderForNotification(id: $id) {${ORDER}
    return(id: $returnId) {
      number declineReason refund { ...money }
      lines { productName variantName sku quantity accepted rejected exchangeName }
    }
  }
}
${MONEY}`;

/** Reads an order from the order service; its parcels and returns only for messages about them. */
export const createOrderReader =
  (client: Pick<ServiceClient, 'request'>): OrderReader =>
  async (id, { fulfillmentId, returnId }) => {
    const ask = (document: string, variables: Record<string, unknown>) =>
      client.request<{ orderForNotification: OrderForMail | null }>(document, { id, ...variables });
    const { orderForNotification } =
      fulfillmentId !== undefined
        ? await ask(ABOUT_PARCEL, { fulfillmentId })
        : returnId !== undefined
          ? await ask(ABOUT_RETURN, { returnId })
          : await ask(DOCUMENT, {});
    return orderForNotification ?? undefined;
  };
