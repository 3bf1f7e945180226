import { gather, type ServiceClient } from '@souk/runtime';
import type { OrderReader } from '../app/ports.js';
import type { OrderForMail } from '../domain/notification.js';

const ORDER = `
    id isErased number email phone customerName locale placedAt paymentDueAt
    lines { productName variantName sku quantity unitPrice { ...money } total { ...money } }
    subtotal { ...money } discount { ...money } shipping { ...money } tax { ...money } total { ...money }
    shippingAddress { fullName company streetLine1 streetLine2 city region postalCode countryCode }`;
const MONEY = 'fragment money on Money { centAmount currencyCode }';

const DOCUMENT = `query OrdersForNotification($ids: [ID!]!) {
  ordersForNotification(ids: $ids) {${ORDER}
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

/** Mails wait this long for others that are about to be written, so that their orders are asked for together. */
const GATHER_MS = 20;
const AT_MOST = 50;

/** Reads an order from the order service; its parcels and returns only for messages about them. Orders wanted at about the same time are one call. */
export function createOrderReader(client: Pick<ServiceClient, 'request'>): OrderReader {
  const readOrder = gather<string, OrderForMail | null>({
    windowMs: GATHER_MS,
    max: AT_MOST,
    work: async (ids) =>
      (await client.request<{ ordersForNotification: (OrderForMail | null)[] }>(DOCUMENT, { ids }))
        .ordersForNotification,
  });
  return async (id, { fulfillmentId, returnId }) => {
    const ask = (document: string, variables: Record<string, unknown>) =>
      client.request<{ orderForNotification: OrderForMail | null }>(document, { id, ...variables });
    if (fulfillmentId === undefined && returnId === undefined) return (await readOrder(id)) ?? undefined;
    const { orderForNotification } =
      fulfillmentId !== undefined ? await ask(ABOUT_PARCEL, { fulfillmentId }) : await ask(ABOUT_RETURN, { returnId });
    return orderForNotification ?? undefined;
  };
}
