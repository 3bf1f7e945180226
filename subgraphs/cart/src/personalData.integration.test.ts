import { events, newEvent } from '@souk/events';
import { type Database, openDatabase } from '@souk/postgres';
import { createLogger, newId } from '@souk/runtime';
import pg from 'pg';
import { createPersonalData } from './adapters/personalData.postgres.js';
import { eraseCustomer, eraseOrder, exportPersonalData } from './app/personalData.js';
import { type CartFixture, guest, service, startCartFixture, user } from './testing/cartFixture.js';

let shop: CartFixture;
let db: pg.Client;
let database: Database;
const exported: object[] = [];
beforeAll(async () => {
  shop = await startCartFixture();
  db = new pg.Client({ connectionString: shop.databaseUrl });
  await db.connect();
  database = openDatabase({ url: shop.databaseUrl, service: 'cart', logger: createLogger('cart', 'silent') });
});
afterAll(async () => {
  await db?.end();
  await database?.close();
  await shop?.close();
});
beforeEach(() => {
  shop.catalogue.set('var_tea', { price: 1_999 });
});

const deps = () => ({
  personalData: createPersonalData(database),
  now: () => new Date(),
  deliverExportPart: async (_event: object, read: (entries: number) => Promise<object>) =>
    void exported.push(await read(100)),
});
let people = 0;
const someone = () => {
  people += 1;
  return user(String(people).padStart(26, '0'));
};
type Viewer = ReturnType<typeof someone>;
const idOf = (viewer: Viewer): string => (viewer.kind === 'user' ? viewer.userId : '');
const told = (viewer: Viewer) =>
  newEvent(events.accountErasureRequested, {
    aggregateId: idOf(viewer),
    sequence: 1,
    data: { userId: idOf(viewer), erasureId: newId('ers') },
  });
interface Cart {
  readonly id: string;
  readonly version: number;
}
const create = async (as: Parameters<CartFixture['as']>[0]): Promise<Cart> => {
  const input = {
    lines: [{ variantId: 'var_tea', quantity: 1 }],
    email: 'petronella@example.com',
    shippingAddress: {
      fullName: 'Petronella',
      streetLine1: 'Fischergrube 7',
      city: 'Lübeck',
      postalCode: '23552',
      countryCode: 'DE',
    },
    shippingMethodId: 'standard',
    note: 'for Petronella',
  };
  const { cartCreate } = await shop
    .as(as)
    .request<{ cartCreate: { cart: Cart } }>(
      'mutation C($input: CartCreateInput) { cartCreate(input: $input) { cart { id version } userErrors { code } } }',
      { input },
    );
  return cartCreate.cart;
};
async function checkedOut(cart: Cart, viewer: Viewer | null) {
  const orderId = newId('ord');
  const { cartCheckout } = await shop.as(service('order')).request<{ cartCheckout: { checkout: object | null } }>(
    `mutation C($cartId: ID!, $v: Int!, $orderId: ID!, $user: ID) {
      cartCheckout(cartId: $cartId, cartVersion: $v, orderId: $orderId, viewerUserId: $user) { checkout { orderId } refusals { code } }
    }`,
    { cartId: cart.id, v: cart.version, orderId, user: viewer && idOf(viewer) },
  );
  expect(cartCheckout.checkout).not.toBeNull();
  return orderId;
}
/** Where the person is named, as `table: column`. */
async function places(): Promise<string[]> {
  const { rows } = await db.query<{ place: string }>(
    `SELECT 'cart: ' || id AS place FROM cart c WHERE c::text ILIKE '%petronella%' OR c::text ILIKE '%fischergrube%'
     UNION ALL SELECT 'checkout: ' || order_id FROM cart_checkout k WHERE k::text ILIKE '%petronella%' ORDER BY 1`,
  );
  return rows.map(({ place }) => place);
}
const acknowledged = async (viewer: Viewer) =>
  (await db.query(`SELECT data FROM outbox_event WHERE type = 'account.erased' AND aggregate_id = $1`, [idOf(viewer)]))
    .rows;

test('carts go at once, those that became orders with these, what a checkout answered too', async () => {
  const [viewer, other] = [someone(), someone()];
  const bought = await create(viewer);
  const orderId = await checkedOut(bought, viewer);
  const open = await create(viewer);
  const guests = await create(guest);
  const others = await create(other);
  expect(await places()).toEqual(
    [
      `cart: ${bought.id}`,
      `cart: ${open.id}`,
      `cart: ${guests.id}`,
      `cart: ${others.id}`,
      `checkout: ${orderId}`,
    ].sort(),
  );
  const event = told(viewer);
  await eraseCustomer(deps())(event);
  await eraseCustomer(deps())(event);
  expect(await acknowledged(viewer)).toEqual([{ data: { ...event.data, service: 'cart' } }]);
  expect(await places()).toEqual(
    [`cart: ${bought.id}`, `cart: ${guests.id}`, `cart: ${others.id}`, `checkout: ${orderId}`].sort(),
  );
  const erased = newEvent(events.orderErased, {
    aggregateId: orderId,
    sequence: 5,
    data: { orderId, cartId: bought.id },
  });
  await eraseOrder(deps())(erased);
  await eraseOrder(deps())(erased);
  expect(await places()).toEqual([`cart: ${guests.id}`, `cart: ${others.id}`].sort());
});

test('told once more, a cart that was made meanwhile goes, and it is acknowledged again', async () => {
  const viewer = someone();
  await eraseCustomer(deps())(told(viewer));
  const late = await create(viewer);
  await eraseCustomer(deps())(told(viewer));
  expect(await places()).not.toContain(`cart: ${late.id}`);
  expect(await acknowledged(viewer)).toHaveLength(2);
});

test('a checkout that was undone keeps no address', async () => {
  const cart = await create(guest);
  const orderId = await checkedOut(cart, null);
  await shop
    .as(service('order'))
    .request('mutation R($id: ID!) { cartCheckoutRelease(orderId: $id) { released } }', { id: orderId });
  expect(await places()).not.toContain(`checkout: ${orderId}`);
  expect(await places()).toContain(`cart: ${cart.id}`);
});

test('hands over the carts of the customer, and none of others', async () => {
  const [viewer, other] = [someone(), someone()];
  const cart = await create(viewer);
  await create(other);
  await exportPersonalData(deps())(
    newEvent(events.accountExportRequested, {
      aggregateId: idOf(viewer),
      sequence: 1,
      data: { userId: idOf(viewer), exportId: newId('exp') },
    }),
  );
  expect(exported).toMatchObject([
    {
      carts: [
        { id: cart.id, email: 'petronella@example.com', note: 'for Petronella', lines: [{ variantId: 'var_tea' }] },
      ],
    },
  ]);
});
