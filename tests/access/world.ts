import { randomUUID } from 'node:crypto';
import type { Viewer } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import {
  createShopper,
  EXAMPLE_ADDRESS,
  fillCart,
  payAtProvider,
  placeOrder,
  purchase,
  type Shopper,
} from '../../local/src/shopper.js';
import { type MatrixViewer, viewersOf } from '../../scripts/access/outcomes.mjs';
import { rolesOf } from '../../scripts/access/table.mjs';
import { scopesOf } from '../../subgraphs/user/src/domain/roles.js';
import { createProduct, type Shop, shopOfRun, signedIn } from '../e2e/shop.js';
import { subgraphs } from './arguments.js';
import { askGateway } from './client.js';
import { rowsThatMention, unsettledEvents } from './rows.js';

/** A viewer of the matrix as a person: with an account of his own, unless he is a guest. */
export interface Person extends MatrixViewer {
  readonly userId: string | undefined;
  readonly token: string | undefined;
  /** As the gateway tells subgraphs who it is. */
  readonly viewer: Viewer;
  /** An order of his own that waits for its payment. */
  readonly unpaidOrder: string;
}

export interface World {
  readonly shop: Shop;
  /** In every text that these tests write. */
  readonly marker: string;
  readonly people: readonly Person[];
  /** What belongs to the owner, and what there is in the shop, by kind. */
  readonly things: Readonly<Record<string, string>>;
  /** What belongs to a guest. */
  readonly guests: Readonly<Record<string, string>>;
  readonly draftProduct: { readonly id: string; readonly slug: string; readonly variantId: string };
  /** Somebody else, signed in anew; for what ends sessions and accounts. */
  stranger(): Promise<{ readonly token: string; readonly userId: string }>;
  /** Digests of all rows about any of this, as they were when nothing more happened to them. */
  readonly rest: Readonly<Record<string, string>>;
  /** The same as they are now. */
  rows(): Promise<Record<string, string>>;
}

const PASSWORD = 'correct horse battery staple';

interface Account {
  readonly token: string;
  readonly userId: string;
  readonly sessionId: string;
}

/** A shop in which the owner and a guest have one of everything, and one person of each role looks on. */
export async function accessWorld(): Promise<World> {
  const shop = await shopOfRun();
  const marker = `access${randomUUID().slice(0, 8)}`;
  const admin = await signedIn(shop, 'admin');
  const endpoint = String(shop.urls.graphql);
  const shopperOf = (token: string | undefined): Shopper => {
    const shopper = createShopper(endpoint, { connections: 2 });
    shopper.setToken(token);
    return shopper;
  };
  const account = (name: string, roles?: readonly string[]) =>
    openAccount(shop, `${marker}-${name}`, roles && { admin, roles });

  const [lamp, chair] = await Promise.all([
    createProduct(admin, { onHand: 100, name: `${marker} lamp` }),
    createProduct(admin, { onHand: 100, name: `${marker} chair` }),
  ]);
  const lines = [
    { variantId: lamp.variantId, quantity: 1 },
    { variantId: chair.variantId, quantity: 2 },
  ];
  const unpaid = async (shopper: Shopper, name: string) => {
    const { cart } = await fillCart(shopper, { lines, email: `${marker}-${name}@test.example` });
    return (await placeOrder(shopper, cart)).data.orderPlace.order.id;
  };

  const guest = shopperOf(undefined);
  const guests = await guestsThings(shop, guest, marker, lines);
  const people = await Promise.all(
    viewersOf(rolesOf(subgraphs), scopesOf as (roles: readonly string[]) => string[]).map(
      async (viewer): Promise<Person> => {
        if (viewer.role === null) {
          const unpaidOrder = String(guests.unpaidOrder);
          return { ...viewer, userId: undefined, token: undefined, viewer: { kind: 'anonymous' }, unpaidOrder };
        }
        const role = String(viewer.role);
        const name = viewer.name.replace(' ', '-').toLowerCase();
        const { userId, token, sessionId } = await account(name, role === 'CUSTOMER' ? undefined : [role]);
        const shopper = shopperOf(token);
        const unpaidOrder = await unpaid(shopper, name);
        await shopper.close();
        const signed = { kind: 'user', userId, sessionId, roles: [role], scopes: viewer.scopes } as const;
        return { ...viewer, userId, token, viewer: signed, unpaidOrder };
      },
    ),
  );
  const owner = people.find((person) => person.owner) as Person;
  const buyer = shopperOf(owner.token);
  const owners = {
    ...(await ownersThings({ shop, buyer, admin, owner, marker, lines })),
    unpaidOrder: owner.unpaidOrder,
    product: lamp.productId,
    variant: lamp.variantId,
  };
  const draftProduct = await draft(admin, marker);
  const shops = await shopsThings(admin);
  await Promise.all([guest, buyer, admin].map((shopper) => shopper.close()));
  const ids = [...Object.values(owners), ...Object.values(guests), ...people.flatMap(({ userId }) => userId ?? [])];
  const words = [...new Set([marker, ...ids])];
  return {
    shop,
    marker,
    people,
    things: { ...shops, ...owners },
    guests,
    draftProduct,
    stranger: () => openAccount(shop, `stranger-${randomUUID()}`),
    rest: await settledRows(shop, words),
    rows: () => rowsThatMention(shop, words),
  };
}

/** Rows when every event about them has been dealt with, and nothing has changed for a while. */
async function settledRows(shop: Shop, words: readonly string[]): Promise<Record<string, string>> {
  let before: string | undefined;
  return eventually(
    async () => {
      const [now, open] = await Promise.all([rowsThatMention(shop, words), unsettledEvents(shop, words)]);
      const same = open === 0 && JSON.stringify(now) === before;
      before = JSON.stringify(now);
      return same ? now : false;
    },
    { timeoutMs: 60_000, everyMs: 1_000 },
  );
}

async function openAccount(
  shop: Shop,
  name: string,
  grant?: { admin: Shopper; roles: readonly string[] },
): Promise<Account> {
  const email = `${name}@test.example`;
  const shopper = createShopper(String(shop.urls.graphql), { connections: 1 });
  interface Registered {
    accountRegister: { user: { id: string } };
  }
  const registered = await shopper.send<Registered>('AccountRegister', { input: { email, password: PASSWORD } });
  const userId = registered.data.accountRegister.user.id;
  if (grant) await grant.admin.send('UserRolesUpdate', { userId, roles: grant.roles });
  const session = await shopper.send<{ sessionCreate: { accessToken: string } }>('SessionCreate', {
    email,
    password: PASSWORD,
  });
  await shopper.close();
  const token = session.data.sessionCreate.accessToken;
  const claims = JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString()) as { sid?: string };
  return { token, userId, sessionId: String(claims.sid) };
}

type Lines = readonly { readonly variantId: string; readonly quantity: number }[];

/** A guest's cart, an order that waits, and one that is paid with its payment. */
async function guestsThings(shop: Shop, guest: Shopper, marker: string, lines: Lines): Promise<Record<string, string>> {
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
  readonly owner: Person;
  readonly marker: string;
  readonly lines: Lines;
}

/** One of everything that a customer has: an order with a parcel that arrived and a return, its payment, a saved card, a cart … */
async function ownersThings({ shop, buyer, admin, owner, marker, lines }: OwnersWork): Promise<Record<string, string>> {
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
async function shopsThings(admin: Shopper): Promise<Record<string, string>> {
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

async function draft(admin: Shopper, marker: string): Promise<World['draftProduct']> {
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
