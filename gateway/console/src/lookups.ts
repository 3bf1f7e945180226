/** Questions that find an example of a kind in the running shop, tried in order until one is answered. */
export const LOOKUPS: Readonly<Record<string, readonly string[]>> = {
  product: [
    `query ConsoleProduct {
  products(first: 1) { nodes { id slug name version priceRange { min { currencyCode } } variants { id } } }
}`,
  ],
  variant: [
    `query ConsoleVariant {
  search(first: 1, inStock: true) { nodes { variants { id sku price { currencyCode } } } }
}`,
    'query ConsoleAnyVariant { products(first: 1) { nodes { variants { id sku price { currencyCode } } } } }',
  ],
  purchasableVariant: [
    `query ConsolePurchasableVariant {
  search(first: 50, inStock: true, sort: BEST_SELLING) {
    nodes { variants { id sku quantityAvailable weightGrams price { currencyCode } } }
  }
}`,
  ],
  category: ['query ConsoleCategory { categories { id slug name } }'],
  cart: [
    `query ConsoleCart {
  activeCart {
    id version lines { id } cost { total { centAmount currencyCode } }
    shippingMethods { id } selectedShippingMethod { id }
  }
}`,
  ],
  order: [
    'query ConsoleOwnOrder { me { orders(first: 1) { nodes { id number email } } } }',
    'query ConsoleOrder { orders(first: 1) { nodes { id number email } } }',
  ],
  editableOrder: [
    `query ConsoleEditableOrder {
  orders(first: 1, filter: { status: PENDING_PAYMENT }) { nodes { id version allowedActions } }
}`,
  ],
  draftOrder: [
    `query ConsoleDraft {
  draftOrders(first: 1, state: OPEN) { nodes { id state version price { total { centAmount currencyCode } } } }
}`,
  ],
  payment: [
    `query ConsolePayment {
  payments(first: 1, filter: { state: CAPTURED }) {
    nodes { id amount { centAmount currencyCode } capturedAmount { centAmount currencyCode } refundedAmount { centAmount } }
  }
}`,
  ],
  openedPayment: ['query ConsoleAnyPayment { payments(first: 1) { nodes { id state } } }'],
  authorizedPayment: [
    'query ConsoleAuthorizedPayment { payments(first: 1, filter: { state: AUTHORIZED }) { nodes { id state } } }',
  ],
  paymentMethod: ['query ConsolePaymentMethod { me { paymentMethods { id } } }'],
  notification: ['query ConsoleNotification { orders(first: 5) { nodes { notifications { id } } } }'],
  openDifference: ['query ConsoleDifference { reconciliationDifferences(state: OPEN, first: 1) { id } }'],
  webhookEvent: ['query ConsoleWebhook { webhookEvents(first: 1) { id } }'],
  user: ['query ConsoleUser { users(first: 1, filter: { role: CUSTOMER }) { nodes { id email } } }'],
  promotion: ['query ConsolePromotion { promotions(first: 1) { id code } }'],
};

/** Kinds that come along with others. */
export const PART_OF: Readonly<Record<string, string>> = { cartLine: 'cart', shippingMethod: 'cart' };
