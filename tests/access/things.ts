import { randomUUID } from 'node:crypto';
import { eventually } from '@souk/testkit';
import {
  EXAMPLE_ADDRESS,
  fillCart,
  payAtProvider,
  placeOrder,
  purchase,
  type Shopper,
} from '../../local/src/shopper.js';
import type { Shop } from '../e2e/shop.js';
import { askGateway } from './client.js';

/** Of every account of these tests. */
export const PASSWORD = 'correct horse battery staple';

export interface DraftProduct {
  readonly id: string;
  readonly slug: string;
  readonly variantId: string;
}

type Lines = readonly { readonly variantId: string; readonly quantity: number }[];

/** A guest's cart, an order that waits, and one that is paid with its payment. */
export async function guestsThings(
  shop: Shop,
  guest: Shopper,
  marker: string,
  lines: Lines,
): Promise<Record<string, string>> {
  const email = `${marker}-guest@test.example`;
  const { sent, cart } = await fillCart(guest, { lines, email });
  const cartLine = (sent.data as unknown as { cartCreate: { cart: { lines: { id: string }[] } } }).cartCreate.cart
    .lines[0]?.id;
  const other = await fillCart(guest, { lines, email });
  const unpaidOrder = (await placeOrder(guest, other.cart)).data.orderPlace.order.id;
  const bought = await purchase(guest, String(shop.urls.standIns), { lines, email });
  const { data } = await guest.send<{ order: { lines: { id: string }[] } }>('Order', { id: bought.orderId });
  return {
    cart: cart.id,
    cartLine: String(cartLine),
    unpaidOrder,
    order: bought.orderId,
    orderLine: String(data.order.lines[0]?.id),
    payment: bought.paymentId,
  };
}

interface OwnersWork {
  readonly shop: Shop;
  readonly buyer: Shopper;
  readonly admin: Shopper;
  readonly owner: { readonly userId: string | undefined; readonly token: string | undefined };
  readonly marker: string;
  readonly lines: Lines;
}

/** One of everything that a customer has: an order with a parcel that arrived and a return, its payment, a saved card, a cart … */
export async function ownersThings({
  shop,
  buyer,
  admin,
  owner,
  marker,
  lines,
}: OwnersWork): Promise<Record<string, string>> {
  const email = `${marker}-owner@test.example`;
  const { cart: ordered } = await fillCart(buyer, { lines, email });
  const order = (await placeOrder(buyer, ordered)).data.orderPlace.order.id;
  interface Opened {
    paymentSessionCreate: { payment: { id: string; providerReference: string } };
  }
  const input = { orderId: order, provider: 'stripe', savePaymentMethod: true, idempotencyKey: randomUUID() };
  const opened = (await buyer.send<Opened>('PaymentSessionCreate', { input })).data.paymentSessionCreate.payment;
  await payAtProvider(String(shop.urls.standIns), opened.providerReference);
  const asked = <T>(query: string, shopper = owner.token) =>
    askGateway(shop, shopper, query, {}).then(({ data, errors }) => {
      if (!data || errors) throw new Error(JSON.stringify(errors));
      return data as T;
    });
  interface Seen {
    order: { status: string; lines: { id: string }[]; documents: { id: string }[] | null; receiptUrl: string | null };
    me: { paymentMethods: { id: string }[] | null; sessions: { id: string; isCurrent: boolean }[] };
  }
  const seen = await eventually(
    async () => {
      const data = await asked<Seen>(
        `{ order(id: "${order}") { status lines { id } documents { id } receiptUrl } me { paymentMethods { id } } }`,
      );
      const ready = data.order.status === 'CONFIRMED' && data.me.paymentMethods?.length && data.order.receiptUrl;
      return ready ? data : false;
    },
    { timeoutMs: 20_000, everyMs: 100 },
  );
  const orderLine = String(seen.order.lines[0]?.id);
  const shipped = await admin.send<{ fulfillmentCreate: { fulfillment: { id: string } } }>('FulfillmentCreate', {
    orderId: order,
    lines: [{ lineId: orderLine, quantity: 1 }],
    trackingNumber: `${marker}-parcel`,
    carrier: 'DHL',
    idempotencyKey: randomUUID(),
  });
  const fulfillment = shipped.data.fulfillmentCreate.fulfillment.id;
  await admin.send('OrderNoteAdd', { orderId: order, text: `${marker} among ourselves`, isPublic: false });
  await admin.send('FulfillmentDeliver', { id: fulfillment });
  const back = await buyer.send<{ returnRequest: { return: { id: string } } }>('ReturnRequest', {
    input: {
      orderId: order,
      lines: [{ lineId: orderLine, quantity: 1 }],
      reason: 'UNWANTED',
      idempotencyKey: randomUUID(),
    },
  });
  const added = await buyer.send<{ addressCreate: { address: { id: string } } }>('AddressCreate', {
    input: { ...EXAMPLE_ADDRESS, fullName: `${marker} owner` },
    defaultFor: ['SHIPPING', 'BILLING'],
  });
  await buyer.send('SessionCreate', { email, password: PASSWORD });
  const { me } = await asked<Seen>('{ me { sessions { id isCurrent } } }');
  const { sent, cart } = await fillCart(buyer, { lines, email });
  const cartLines = (sent.data as unknown as { cartCreate: { cart: { lines: { id: string }[] } } }).cartCreate.cart
    .lines;
  const prepared = await admin.send<{ draftOrderCreate: { draftOrder: { id: string } } }>('DraftOrderCreate', {
    input: { currencyCode: 'EUR', lines, customerId: owner.userId, email },
    idempotencyKey: randomUUID(),
  });
  return {
    user: String(owner.userId),
    order,
    orderLine,
    payment: opened.id,
    paymentMethod: String(seen.me.paymentMethods?.[0]?.id),
    fulfillment,
    return: back.data.returnRequest.return.id,
    address: added.data.addressCreate.address.id,
    session: String(me.sessions.find(({ isCurrent }) => !isCurrent)?.id),
    cart: cart.id,
    cartLine: String(cartLines[0]?.id),
    draftOrder: prepared.data.draftOrderCreate.draftOrder.id,
  };
}

/** What belongs to nobody but the shop, and is used by other tests, too. */
export async function shopsThings(admin: Shopper): Promise<Record<string, string>> {
  const [{ data }, promotions, webhooks] = await Promise.all([
    admin.send<{ categories: { id: string }[] }>('Categories'),
    admin.send<{ promotions: { id: string }[] }>('Promotions'),
    admin.send<{ webhookEvents: { id: string }[] }>('WebhookEvents'),
  ]);
  return {
    category: String(data.categories[0]?.id),
    promotion: String(promotions.data.promotions[0]?.id),
    webhookEvent: String(webhooks.data.webhookEvents[0]?.id),
    shippingMethod: 'standard',
  };
}

export async function draftOf(admin: Shopper, marker: string): Promise<DraftProduct> {
  interface Made {
    productCreate: { product: { id: string; slug: string; variants: { id: string }[] } };
  }
  const price = { centAmount: 100, currencyCode: 'EUR' };
  const { data } = await admin.send<Made>('ProductCreate', {
    input: {
      name: `${marker} draft`,
      slug: `${marker}-draft`,
      status: 'DRAFT',
      variants: [{ sku: `${marker}-draft`, price }],
    },
  });
  const { id, slug, variants } = data.productCreate.product;
  return { id, slug, variantId: String(variants[0]?.id) };
}
