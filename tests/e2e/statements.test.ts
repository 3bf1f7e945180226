import { createShopper, fillCart, purchase, type Shopper } from '../../local/src/shopper.js';
import { createProduct, type Shop, shopOfRun, signedIn, uniqueEmail } from './shop.js';

/** Store statements of all services together, for one request each. Budgets of the product, not of today's code. */
let shop: Shop;
let staff: Shopper;
let guest: Shopper;
beforeAll(async () => {
  shop = await shopOfRun();
  staff = await signedIn(shop, 'staff');
  guest = createShopper(shop.urls.graphql as string);
}, 120_000);
afterAll(async () => {
  await Promise.all([staff?.close(), guest?.close()]);
});

test('a listing of 24 products with price, image, availability and facets: at most 3', async () => {
  interface Found {
    search: { nodes: unknown[]; facets: { values: unknown[] }[]; totalCount: number };
  }
  const { data, statements } = await guest.send<Found>('SearchWithFacets', { first: 24, sort: 'PRICE_DESC' });
  expect(data.search.nodes).toHaveLength(24);
  expect(data.search.facets.length).toBeGreaterThan(0);
  expect(statements).toBeGreaterThan(0);
  expect(statements).toBeLessThanOrEqual(3);
});

test('a product page with variants and stock: at most 3', async () => {
  const product = await createProduct(staff, { onHand: 3 });
  const { statements } = await guest.send('ProductPage', { slug: product.slug });
  expect(statements).toBeGreaterThan(0);
  expect(statements).toBeLessThanOrEqual(3);
});

test('adding a line to a cart: at most 5', async () => {
  const [one, two] = await Promise.all([createProduct(staff, { onHand: 3 }), createProduct(staff, { onHand: 3 })]);
  const { cart } = await fillCart(guest, { lines: [{ variantId: one.variantId, quantity: 1 }], email: uniqueEmail() });
  const { statements } = await guest.send('CartLinesAdd', {
    cartId: cart.id,
    lines: [{ variantId: two.variantId, quantity: 1 }],
  });
  expect(statements).toBeGreaterThan(0);
  expect(statements).toBeLessThanOrEqual(5);
});

test('a history of ten orders with their products: at most 4, and no more than one order takes', async () => {
  const product = await createProduct(staff, { onHand: 50 });
  const email = uniqueEmail('history');
  const password = 'correct horse battery staple';
  const customer = createShopper(shop.urls.graphql as string);
  await customer.send('AccountRegister', { input: { email, password } });
  const session = await customer.send<{ sessionCreate: { accessToken: string } }>('SessionCreate', { email, password });
  customer.setToken(session.data.sessionCreate.accessToken);
  const buy = () =>
    purchase(customer, shop.urls.standIns as string, { lines: [{ variantId: product.variantId, quantity: 1 }], email });
  await buy();
  const one = await customer.send('OrderHistory', { first: 10 });
  for (let count = 1; count < 10; count += 1) await buy();
  interface History {
    me: { orders: { nodes: { lines: { variant: { product: { name: string } } }[] }[] } };
  }
  const ten = await customer.send<History>('OrderHistory', { first: 10 });
  expect(ten.data.me.orders.nodes.map((order) => order.lines[0]?.variant.product.name)).toEqual(
    Array(10).fill('Test lamp'),
  );
  expect(ten.statements).toBeLessThanOrEqual(4);
  expect(ten.statements).toBe(one.statements);
  await customer.close();
}, 60_000);
