import { createHash } from 'node:crypto';
import { events, newEvent } from '@souk/events';
import { type Database, openDatabase } from '@souk/postgres';
import { createLogger } from '@souk/runtime';
import pg from 'pg';
import { createCartStore } from './adapters/cartStore.postgres.js';
import { giveCartToOwnerOnce, releasePromotionsOnce } from './adapters/checkoutStore.postgres.js';
import { createConsumers } from './consumers/index.js';
import { type CartFixture, guest, service, staff, startCartFixture, user } from './testing/cartFixture.js';

let shop: CartFixture;
let db: pg.Client;
let database: Database;

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
  shop.product.down = false;
  shop.catalogue.clear();
  shop.catalogue.set('var_tea', { price: 1_999 });
  shop.catalogue.set('var_cup', { price: 500, stock: 3 });
});

const FIELDS = `id token version status currencyCode totalQuantity note email
  lines { id quantity sku unitPrice { centAmount } unitPriceWhenAdded { centAmount } discount { centAmount } total { centAmount } }
  cost { subtotal { centAmount } discount { centAmount } shipping { centAmount } tax { centAmount } total { centAmount amount } isEstimated }
  discountCodes { code applicable reason }
  shippingMethods { id price { centAmount } } selectedShippingMethod { id }`;
const ERRORS =
  'userErrors { __typename code message field ... on InsufficientStockError { variantId quantityAvailable } }';

interface Line {
  id: string;
  quantity: number;
  sku: string;
  unitPrice: { centAmount: number };
  unitPriceWhenAdded: { centAmount: number };
}
interface Cart {
  id: string;
  token: string | null;
  version: number;
  status: string;
  totalQuantity: number;
  email: string | null;
  lines: Line[];
  cost: Record<string, { centAmount: number } | null> & { isEstimated: boolean };
  discountCodes: { code: string; applicable: boolean; reason: string | null }[];
  shippingMethods: { id: string }[];
}
interface Payload {
  cart: Cart | null;
  userErrors: {
    __typename: string;
    code: string;
    field: string[] | null;
    variantId?: string;
    quantityAvailable?: number;
  }[];
}

async function mutate(
  as: Parameters<CartFixture['as']>[0],
  field: string,
  args: string,
  variables: object,
  types: string,
) {
  const data = await shop
    .as(as)
    .request<Record<string, Payload>>(
      `mutation M(${types}) { ${field}(${args}) { cart { ${FIELDS} } ${ERRORS} } }`,
      variables,
    );
  return data[field] as Payload;
}
const create = (input: object = {}, as = guest as Parameters<CartFixture['as']>[0]) =>
  mutate(as, 'cartCreate', 'input: $input', { input }, '$input: CartCreateInput');
const add = (cartId: string, lines: object[], as = guest as Parameters<CartFixture['as']>[0]) =>
  mutate(
    as,
    'cartLinesAdd',
    'cartId: $cartId, lines: $lines',
    { cartId, lines },
    '$cartId: ID!, $lines: [CartLineInput!]!',
  );
const read = async (id: string, as = guest as Parameters<CartFixture['as']>[0]) =>
  (await shop.as(as).request<{ cart: Cart | null }>(`query Q($id: ID!) { cart(id: $id) { ${FIELDS} } }`, { id })).cart;

const address = {
  fullName: 'Ada Lovelace',
  streetLine1: 'Hauptstr. 1',
  city: 'Berlin',
  postalCode: '10115',
  countryCode: 'DE',
};
const ready = (input: object = {}) =>
  create({
    lines: [{ variantId: 'var_tea', quantity: 2 }],
    email: 'ada@example.com',
    shippingAddress: address,
    shippingMethodId: 'standard',
    ...input,
  });

const CHECKOUT = `mutation C($cartId: ID!, $cartVersion: Int!, $orderId: ID!, $viewerUserId: ID) {
  cartCheckout(cartId: $cartId, cartVersion: $cartVersion, orderId: $orderId, viewerUserId: $viewerUserId) {
    checkout { orderId cartId customerId email currencyCode lines { variantId quantity unitPrice { centAmount } discount { centAmount } tax { centAmount } total { centAmount } }
      subtotal { centAmount } discount { centAmount } shipping { centAmount } tax { centAmount } total { centAmount amount } shippingAddress { fullName } shippingMethodName discountCodes }
    refusals { code variantId quantityAvailable discountCode }
  }
}`;
interface Checkout {
  checkout: {
    total: { centAmount: number };
    discount: { centAmount: number };
    lines: unknown[];
    customerId: string | null;
    discountCodes: string[];
  } | null;
  refusals: { code: string; variantId: string | null; quantityAvailable: number | null; discountCode: string | null }[];
}
let orders = 0;
const orderId = () => {
  orders += 1;
  return `ord_${String(orders).padStart(26, '0')}`;
};
const checkout = async (cart: { id: string; version: number }, order = orderId(), viewerUserId: string | null = null) =>
  (
    await shop.as(service('order')).request<{ cartCheckout: Checkout }>(CHECKOUT, {
      cartId: cart.id,
      cartVersion: cart.version,
      orderId: order,
      viewerUserId,
    })
  ).cartCheckout;
const release = async (order: string) =>
  (
    await shop
      .as(service('order'))
      .request<{ cartCheckoutRelease: { released: boolean } }>(
        'mutation R($orderId: ID!) { cartCheckoutRelease(orderId: $orderId) { released } }',
        { orderId: order },
      )
  ).cartCheckoutRelease.released;

async function promotion(input: object) {
  const data = await shop
    .as(staff)
    .request<{ promotionCreate: { promotion: { id: string } | null; userErrors: unknown[] } }>(
      'mutation P($input: PromotionInput!) { promotionCreate(input: $input) { promotion { id } userErrors { code field } } }',
      { input },
    );
  expect(data.promotionCreate.userErrors).toEqual([]);
  return data.promotionCreate.promotion?.id as string;
}
const timesUsed = async (code: string) =>
  (await db.query('SELECT times_used FROM promotion WHERE code = $1', [code])).rows[0]?.times_used as number;
async function statements(cartId: string, query: string, variables: object): Promise<number> {
  const answer = await shop.as(guest).send(query, { cartId, ...variables });
  expect(answer.errors).toEqual([]);
  return Number(answer.headers.get('x-souk-statements'));
}

test('one request makes a cart that is ready to be ordered, priced by the catalogue', async () => {
  const { cart, userErrors } = await ready();
  expect(userErrors).toEqual([]);
  expect(cart).toMatchObject({ version: 1, status: 'ACTIVE', totalQuantity: 2, email: 'ada@example.com' });
  expect(cart?.cost).toEqual({
    subtotal: { centAmount: 3_998 },
    discount: { centAmount: 0 },
    shipping: { centAmount: 490 },
    tax: { centAmount: 716 },
    total: { centAmount: 4_488, amount: '44.88' },
    isEstimated: false,
  });
});

test("a guest's secret is in the creating answer only, and only its hash is stored", async () => {
  const { cart } = await create();
  expect(cart?.token).toMatch(/^[\w-]{43}$/);
  expect((await read(cart?.id as string))?.token).toBeNull();
  const { rows } = await db.query('SELECT token_hash FROM cart WHERE id = $1', [cart?.id]);
  expect(rows[0].token_hash).toEqual(
    createHash('sha256')
      .update(cart?.token as string)
      .digest(),
  );
  expect((await create({}, user('ada'))).cart?.token).toBeNull();
});

test('50 adds at once lose no update', async () => {
  const { cart } = await create();
  const results = await Promise.all(
    Array.from({ length: 50 }, () => add(cart?.id as string, [{ variantId: 'var_tea', quantity: 1 }])),
  );
  expect(results.flatMap((result) => result.userErrors)).toEqual([]);
  expect(await read(cart?.id as string)).toMatchObject({ version: 51, totalQuantity: 50, lines: [{ quantity: 50 }] });
});

test('adding a line costs 2 statements of ours, a new cart 1, reading 1', async () => {
  const { cart } = await create();
  const id = cart?.id as string;
  const doc =
    'mutation A($cartId: ID!, $lines: [CartLineInput!]!) { cartLinesAdd(cartId: $cartId, lines: $lines) { cart { id cost { total { centAmount } } lines { id } } } }';
  const lines = [{ variantId: 'var_tea' }];
  await statements(id, doc, { lines });
  expect(await statements(id, doc, { lines })).toBe(2);
  expect(
    await statements(
      id,
      'query Q($cartId: ID!) { cart(id: $cartId) { id lines { total { centAmount } } cost { total { centAmount } } } }',
      {},
    ),
  ).toBe(1);
  expect(
    await statements(
      id,
      'mutation { cartCreate(input: { lines: [{ variantId: "var_tea" }], note: "x" }) { cart { id } userErrors { code } } }',
      {},
    ),
  ).toBe(1);
});

test('a cart of 250 lines stays within the same statements, and a 251st line is refused', async () => {
  const lines = Array.from({ length: 250 }, (_, index) => ({ variantId: `var_${index}`, quantity: 2 }));
  for (const line of lines) shop.catalogue.set(line.variantId, { price: 100 });
  const { cart } = await create({ lines });
  expect(cart?.totalQuantity).toBe(500);
  const doc =
    'mutation A($cartId: ID!, $lines: [CartLineInput!]!) { cartLinesAdd(cartId: $cartId, lines: $lines) { cart { id } userErrors { code } } }';
  expect(await statements(cart?.id as string, doc, { lines: [{ variantId: 'var_7' }] })).toBe(2);
  const refused = await add(cart?.id as string, [{ variantId: 'var_tea' }]);
  expect(refused.userErrors).toMatchObject([{ code: 'CART_LINE_LIMIT' }]);
  expect(await read(cart?.id as string)).toMatchObject({ version: 2, totalQuantity: 501 });
});

test.each([
  ['nothing', [], 'REQUIRED'],
  ['a negative quantity', [{ variantId: 'var_tea', quantity: -1 }], 'INVALID'],
  ['zero', [{ variantId: 'var_tea', quantity: 0 }], 'INVALID'],
  ['a thousand', [{ variantId: 'var_tea', quantity: 1_000 }], 'QUANTITY_LIMIT'],
  [
    'a thousand in two parts',
    [
      { variantId: 'var_tea', quantity: 500 },
      { variantId: 'var_tea', quantity: 500 },
    ],
    'QUANTITY_LIMIT',
  ],
  ['an unknown variant', [{ variantId: 'var_tea' }, { variantId: 'var_nothing' }], 'VARIANT_UNAVAILABLE'],
  ['more than there are', [{ variantId: 'var_cup', quantity: 4 }], 'INSUFFICIENT_STOCK'],
])('adding %s is refused and changes nothing', async (_name, lines, code) => {
  const { cart } = await create({ lines: [{ variantId: 'var_tea' }] });
  const before = await read(cart?.id as string);
  const { userErrors } = await add(cart?.id as string, lines);
  expect(userErrors.map((error) => error.code)).toEqual([code]);
  expect(await read(cart?.id as string)).toEqual(before);
});

test('too little stock says how many there are', async () => {
  const { cart } = await create();
  const { userErrors } = await add(cart?.id as string, [{ variantId: 'var_cup', quantity: 4 }]);
  expect(userErrors).toMatchObject([
    {
      __typename: 'InsufficientStockError',
      variantId: 'var_cup',
      quantityAvailable: 3,
      field: ['lines', '0', 'quantity'],
    },
  ]);
});

test('a variant in another currency, or off sale, is refused', async () => {
  shop.catalogue.set('var_usd', { price: 1, currencyCode: 'USD' });
  shop.catalogue.set('var_off', { price: 1, purchasable: false });
  const { cart } = await create({ lines: [{ variantId: 'var_tea' }] });
  const { userErrors } = await add(cart?.id as string, [{ variantId: 'var_usd' }, { variantId: 'var_off' }]);
  expect(userErrors.map((error) => error.code)).toEqual(['CURRENCY_MISMATCH', 'VARIANT_UNAVAILABLE']);
});

test('while the catalogue is down nothing is added at a guessed price, and the cart can still be read and emptied', async () => {
  const { cart } = await create({ lines: [{ variantId: 'var_tea' }] });
  const id = cart?.id as string;
  shop.product.down = true;
  const { userErrors } = await add(id, [{ variantId: 'var_cup' }]);
  expect(userErrors).toMatchObject([{ code: 'DEPENDENCY_UNAVAILABLE' }]);
  expect((await create({ lines: [{ variantId: 'var_cup' }] })).userErrors).toMatchObject([
    { code: 'DEPENDENCY_UNAVAILABLE' },
  ]);
  expect((await read(id))?.lines).toMatchObject([{ quantity: 1, unitPrice: { centAmount: 1_999 } }]);
  const answer = await shop
    .as(guest)
    .send<{ cart: { id: string; problems: null; lines: { available: null }[] } }>(
      'query Q($id: ID!) { cart(id: $id) { id problems { message } lines { available } } }',
      { id },
    );
  expect(answer.data?.cart).toEqual({ id, problems: null, lines: [{ available: null }] });
  expect(answer.errors.map((error) => error.extensions?.code)).toEqual([
    'DEPENDENCY_UNAVAILABLE',
    'DEPENDENCY_UNAVAILABLE',
  ]);
  const removed = await mutate(
    guest,
    'cartLinesRemove',
    'cartId: $cartId, lineIds: $lineIds',
    { cartId: id, lineIds: [cart?.lines[0]?.id] },
    '$cartId: ID!, $lineIds: [ID!]!',
  );
  expect(removed).toMatchObject({ userErrors: [], cart: { lines: [] } });
});

test('quantities are set, 0 removes, an unknown line changes nothing', async () => {
  const { cart } = await create({ lines: [{ variantId: 'var_tea' }, { variantId: 'var_cup', quantity: 3 }] });
  const update = (lines: object[]) =>
    mutate(
      guest,
      'cartLinesUpdate',
      'cartId: $cartId, lines: $lines',
      { cartId: cart?.id, lines },
      '$cartId: ID!, $lines: [CartLineUpdateInput!]!',
    );
  const [tea, cup] = (cart as Cart).lines as [Line, Line];
  expect(
    (
      await update([
        { id: tea.id, quantity: 5 },
        { id: cup.id, quantity: 0 },
      ])
    ).cart?.lines,
  ).toMatchObject([{ id: tea.id, quantity: 5 }]);
  expect(
    (
      await update([
        { id: tea.id, quantity: 1 },
        { id: 'cln_x', quantity: 1 },
      ])
    ).userErrors,
  ).toMatchObject([{ code: 'NOT_FOUND', field: ['lines', '1', 'id'] }]);
  expect((await read(cart?.id as string))?.lines).toMatchObject([{ quantity: 5 }]);
  shop.catalogue.set('var_tea', { price: 1_999, stock: 2 });
  expect((await update([{ id: tea.id, quantity: 6 }])).userErrors).toMatchObject([
    { code: 'INSUFFICIENT_STOCK', quantityAvailable: 2 },
  ]);
  expect((await update([{ id: tea.id, quantity: 4 }])).userErrors).toEqual([]);
});

test('a price change shows as a problem, and the next change takes the new price over', async () => {
  const { cart } = await create({ lines: [{ variantId: 'var_tea' }] });
  shop.catalogue.set('var_tea', { price: 2_499, stock: 0 });
  const { cart: seen } = await shop.as(guest).request<{ cart: { problems: object[]; lines: object[] } }>(
    `query Q($id: ID!) { cart(id: $id) { lines { available }
       problems { __typename ... on PriceChangedProblem { oldPrice { centAmount } newPrice { centAmount } } ... on InsufficientStockProblem { quantityAvailable } } } }`,
    { id: cart?.id },
  );
  expect(seen).toEqual({
    lines: [{ available: false }],
    problems: [
      { __typename: 'PriceChangedProblem', oldPrice: { centAmount: 1_999 }, newPrice: { centAmount: 2_499 } },
      { __typename: 'InsufficientStockProblem', quantityAvailable: 0 },
    ],
  });
  const after = await add(cart?.id as string, [{ variantId: 'var_cup' }]);
  expect(after.cart?.lines[0]).toMatchObject({
    unitPrice: { centAmount: 2_499 },
    unitPriceWhenAdded: { centAmount: 1_999 },
  });
});

test("a user's cart is nobody else's: others and guests see none and change nothing", async () => {
  const { cart } = await create({ lines: [{ variantId: 'var_tea' }] }, user('owner'));
  const id = cart?.id as string;
  for (const viewer of [guest, user('other'), staff]) {
    expect(await read(id, viewer)).toBeNull();
    expect(await add(id, [{ variantId: 'var_tea' }], viewer)).toMatchObject({
      cart: null,
      userErrors: [{ code: 'NOT_FOUND' }],
    });
    expect(await mutate(viewer, 'cartDelete', 'cartId: $cartId', { cartId: id }, '$cartId: ID!')).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND' }],
    });
  }
  expect(await read(id, user('owner'))).toMatchObject({ version: 1, totalQuantity: 1 });
  const entities =
    'query E($r: [_Any!]!) { _entities(representations: $r) { ... on Cart { id } ... on User { cart { id } } } }';
  const r = [
    { __typename: 'Cart', id },
    { __typename: 'User', id: 'usr_owner' },
  ];
  expect(await shop.as(user('other')).request(entities, { r })).toEqual({ _entities: [null, { cart: null }] });
  expect(await shop.as(user('owner')).request(entities, { r })).toEqual({ _entities: [{ id }, { cart: { id } }] });
});

test('checkout and promotions are refused to those without the right', async () => {
  const { cart } = await ready();
  for (const viewer of [guest, user('ada'), staff, service('payment')]) {
    const answer = await shop.as(viewer).send(CHECKOUT, { cartId: cart?.id, cartVersion: 1, orderId: orderId() });
    expect(answer.errors[0]?.extensions?.code).toBe(viewer === guest ? 'UNAUTHENTICATED' : 'FORBIDDEN');
  }
  for (const viewer of [guest, user('ada')]) {
    expect((await shop.as(viewer).send('{ promotions { id } }')).errors).toHaveLength(1);
  }
  expect((await read(cart?.id as string))?.status).toBe('ACTIVE');
});

test('bad buyer data is refused with its path, and nothing of the request is taken', async () => {
  const { cart, userErrors } = await create({
    email: 'not an address',
    countryCode: 'XX',
    currencyCode: 'XXY',
    shippingAddress: { ...address, city: ' ', phone: 'Bcc: x\r\n' },
    discountCodes: ['NOPE!'],
  });
  expect(cart).toBeNull();
  expect(userErrors.map((error) => `${error.code} ${error.field?.join('.')}`)).toEqual([
    'INVALID input.email',
    'INVALID input.countryCode',
    'INVALID input.currencyCode',
    'REQUIRED input.shippingAddress.city',
    'INVALID input.shippingAddress.phone',
    'DISCOUNT_INVALID input.discountCodes.0',
  ]);
});

test('a shipping method that cannot deliver is refused', async () => {
  const { userErrors } = await ready({ shippingMethodId: 'freight' });
  expect(userErrors).toMatchObject([{ code: 'SHIPPING_METHOD_INELIGIBLE', field: ['input', 'shippingMethodId'] }]);
});

test('signing in brings the guest cart along, once, however often it is asked', async () => {
  const merge = (token: string, strategy: string, as = user('merger')) =>
    mutate(
      as,
      'cartMerge',
      'guestCartToken: $token, strategy: $strategy',
      { token, strategy },
      '$token: String!, $strategy: CartMergeStrategy',
    );
  const first = (await create({ lines: [{ variantId: 'var_tea', quantity: 2 }] })).cart as Cart;
  expect((await merge(first.token as string, 'MERGE')).cart).toMatchObject({ id: first.id, totalQuantity: 2 });
  expect(await read(first.id)).toBeNull();

  const second = (await create({ lines: [{ variantId: 'var_tea' }, { variantId: 'var_cup' }], email: 'g@example.com' }))
    .cart as Cart;
  const both = await Promise.all([1, 2, 3].map(() => merge(second.token as string, 'MERGE')));
  for (const { cart } of both) expect(cart).toMatchObject({ id: first.id, totalQuantity: 4, email: 'g@example.com' });
  expect((await merge(second.token as string, 'MERGE')).cart?.version).toBe(both[0]?.cart?.version);
  expect((await merge(second.token as string, 'MERGE', user('thief'))).userErrors).toMatchObject([
    { code: 'NOT_FOUND' },
  ]);
  expect((await merge('unknown', 'MERGE')).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);

  const third = (await create({ lines: [{ variantId: 'var_cup' }] })).cart as Cart;
  expect((await merge(third.token as string, 'USE_EXISTING')).cart).toMatchObject({ id: first.id, totalQuantity: 4 });
  const fourth = (await create({ lines: [{ variantId: 'var_cup' }] })).cart as Cart;
  expect((await merge(fourth.token as string, 'USE_GUEST')).cart).toMatchObject({ id: fourth.id, totalQuantity: 1 });
  const active = await shop.as(user('merger')).request<{ activeCart: { id: string } }>('{ activeCart { id } }');
  expect(active.activeCart.id).toBe(fourth.id);
});

test('a checkout completes the cart, and asked again gives the same answer', async () => {
  const cart = (await ready()).cart as Cart;
  const order = orderId();
  const first = await checkout(cart, order);
  expect(first).toMatchObject({
    refusals: [],
    checkout: { total: { centAmount: 4_488 }, lines: [{ variantId: 'var_tea', quantity: 2 }] },
  });
  shop.catalogue.set('var_tea', { price: 1 });
  expect(await checkout(cart, order)).toEqual(first);
  expect(await checkout(cart)).toMatchObject({ refusals: [{ code: 'CART_COMPLETED' }] });
  expect((await add(cart.id, [{ variantId: 'var_tea' }])).userErrors).toMatchObject([{ code: 'CART_COMPLETED' }]);
});

test('a checkout costs 2 statements', async () => {
  const cart = (await ready()).cart as Cart;
  const answer = await shop
    .as(service('order'))
    .send(CHECKOUT, { cartId: cart.id, cartVersion: cart.version, orderId: orderId() });
  expect(Number(answer.headers.get('x-souk-statements'))).toBe(2);
});

test('of 20 checkouts of one cart at once exactly one gets it', async () => {
  const cart = (await ready()).cart as Cart;
  const results = await Promise.all(Array.from({ length: 20 }, () => checkout(cart)));
  expect(results.filter((result) => result.checkout !== null)).toHaveLength(1);
  expect(new Set(results.flatMap((result) => result.refusals.map((refusal) => refusal.code)))).toEqual(
    new Set(['CART_COMPLETED']),
  );
});

test('a cart that is not ready says everything that is missing', async () => {
  const cart = (await create()).cart as Cart;
  expect((await checkout(cart)).refusals.map((refusal) => refusal.code)).toEqual([
    'CART_EMPTY',
    'EMAIL_NOT_SET',
    'SHIPPING_ADDRESS_NOT_SET',
    'SHIPPING_METHOD_NOT_SET',
  ]);
  const stale = (await ready()).cart as Cart;
  expect((await checkout({ ...stale, version: 7 })).refusals).toMatchObject([{ code: 'CART_CHANGED' }]);
  const owned = (await create({ lines: [{ variantId: 'var_tea' }] }, user('owner2'))).cart as Cart;
  expect((await checkout(owned, orderId(), 'usr_other')).refusals).toMatchObject([{ code: 'NOT_FOUND' }]);
  expect((await checkout(owned)).refusals).toMatchObject([{ code: 'NOT_FOUND' }]);
});

test('a checkout charges the price of this moment, and a released cart shows it in a new version', async () => {
  const cart = (await ready()).cart as Cart;
  shop.product.shown.set('var_tea', { price: 2_000 });
  shop.catalogue.set('var_tea', { price: 2_500 });
  const order = orderId();
  expect((await checkout(cart, order)).checkout?.total.centAmount).toBe(5_000);
  shop.product.shown.clear();
  expect(await release(order)).toBe(true);
  expect(await release(order)).toBe(false);
  expect(await read(cart.id)).toMatchObject({
    status: 'ACTIVE',
    version: 2,
    lines: [{ unitPrice: { centAmount: 2_500 } }],
  });
  expect((await checkout(cart, order)).refusals).toMatchObject([{ code: 'CONFLICT' }]);
});

test('a release that overtakes its checkout prevents it', async () => {
  const cart = (await ready()).cart as Cart;
  const order = orderId();
  expect(await release(order)).toBe(false);
  expect(await checkout(cart, order)).toMatchObject({ checkout: null, refusals: [{ code: 'CONFLICT' }] });
  expect((await read(cart.id))?.status).toBe('ACTIVE');
  expect((await checkout(cart)).refusals).toEqual([]);
});

test('lines that cannot be delivered are named, and the cart stays open', async () => {
  const cart = (await ready({ lines: [{ variantId: 'var_tea' }, { variantId: 'var_cup', quantity: 2 }] })).cart as Cart;
  shop.catalogue.delete('var_tea');
  shop.catalogue.set('var_cup', { price: 500, stock: 1 });
  expect((await checkout(cart)).refusals).toEqual([
    { code: 'VARIANT_UNAVAILABLE', variantId: 'var_tea', quantityAvailable: null, discountCode: null },
    { code: 'INSUFFICIENT_STOCK', variantId: 'var_cup', quantityAvailable: 1, discountCode: null },
  ]);
  shop.product.down = true;
  expect((await checkout(cart)).refusals).toMatchObject([{ code: 'DEPENDENCY_UNAVAILABLE' }]);
  expect((await read(cart.id))?.status).toBe('ACTIVE');
});

test('20 checkouts at once with a code of limit 1: one discount, and it is free again after a release', async () => {
  await promotion({ name: 'Once', code: 'once', kind: 'PERCENT_OFF_ORDER', value: 10, usageLimit: 1 });
  const carts = await Promise.all(Array.from({ length: 20 }, () => ready({ discountCodes: ['ONCE'] })));
  const results = await Promise.all(
    carts.map(async ({ cart }) => {
      const order = orderId();
      return { order, ...(await checkout(cart as Cart, order)) };
    }),
  );
  const won = results.filter((result) => result.checkout !== null);
  expect(won).toMatchObject([{ checkout: { discount: { centAmount: 400 }, discountCodes: ['ONCE'] } }]);
  const lost = results.filter((result) => result.checkout === null);
  expect(lost.map((result) => result.refusals)).toEqual(
    Array.from({ length: 19 }, () => [
      { code: 'DISCOUNT_LIMIT_REACHED', variantId: null, quantityAvailable: null, discountCode: 'ONCE' },
    ]),
  );
  expect(await timesUsed('ONCE')).toBe(1);
  expect((await ready({ discountCodes: ['ONCE'] })).userErrors).toMatchObject([{ code: 'DISCOUNT_LIMIT_REACHED' }]);
  await release(won[0]?.order as string);
  expect(await timesUsed('ONCE')).toBe(0);
  expect((await ready({ discountCodes: ['ONCE'] })).userErrors).toEqual([]);
});

test('a code that one customer may use once is refused to them the second time', async () => {
  await promotion({
    name: 'Welcome',
    code: 'WELCOME',
    kind: 'AMOUNT_OFF_ORDER',
    amount: { centAmount: 500, currencyCode: 'EUR' },
    perCustomerLimit: 1,
  });
  const one = async (email: string) => checkout((await ready({ email, discountCodes: ['welcome'] })).cart as Cart);
  expect((await one('Bo@example.com')).checkout?.discount.centAmount).toBe(500);
  expect((await one('bo@example.com')).refusals).toMatchObject([{ code: 'DISCOUNT_LIMIT_REACHED' }]);
  expect((await one('cy@example.com')).refusals).toEqual([]);
});

test('an automatic promotion that runs out in between is left off, not refused', async () => {
  const id = await promotion({ name: 'First order', kind: 'PERCENT_OFF_ORDER', value: 50, usageLimit: 1 });
  const carts = await Promise.all([ready(), ready(), ready()]);
  expect(carts[0]?.cart?.cost.discount).toEqual({ centAmount: 1_999 });
  const results = await Promise.all(carts.map(({ cart }) => checkout(cart as Cart)));
  expect(results.map((result) => result.checkout?.discount.centAmount).sort((a, b) => Number(a) - Number(b))).toEqual([
    0, 0, 1_999,
  ]);
  const deleted = await shop
    .as(staff)
    .request<{ promotionDelete: unknown }>(
      'mutation D($id: ID!) { promotionDelete(id: $id) { promotion { isActive timesUsed } userErrors { code } } }',
      { id },
    );
  expect(deleted.promotionDelete).toEqual({ promotion: { isActive: false, timesUsed: 1 }, userErrors: [] });
});

test('staff make, change, list and delete promotions; a taken code and bad values are refused', async () => {
  const id = await promotion({
    name: 'Sale',
    code: 'sale-1',
    kind: 'PERCENT_OFF_ORDER',
    value: 10,
    minSubtotal: { centAmount: 1_000, currencyCode: 'EUR' },
  });
  const doc = (field: string, args: string, types: string) =>
    `mutation P(${types}) { ${field}(${args}) { promotion { id name code value minSubtotal { amount } usageLimit isActive } userErrors { code field } } }`;
  const createDoc = doc('promotionCreate', 'input: $input', '$input: PromotionInput!');
  const refused = async (input: object) =>
    (
      await shop.as(staff).request<{ promotionCreate: { userErrors: { code: string }[] } }>(createDoc, { input })
    ).promotionCreate.userErrors.map((error) => error.code);
  expect(await refused({ name: 'x', code: 'SALE-1', kind: 'FREE_SHIPPING' })).toEqual(['CONFLICT']);
  expect(await refused({ name: '', kind: 'PERCENT_OFF_ORDER', value: 101, usageLimit: 0 })).toEqual([
    'INVALID',
    'INVALID',
    'INVALID',
  ]);
  expect(await refused({ name: 'x', kind: 'AMOUNT_OFF_ORDER' })).toEqual(['REQUIRED']);
  const updated = await shop
    .as(staff)
    .request(doc('promotionUpdate', 'id: $id, input: $input', '$id: ID!, $input: PromotionInput!'), {
      id,
      input: { value: 15, minSubtotal: null, usageLimit: 3 },
    });
  expect(updated).toEqual({
    promotionUpdate: {
      promotion: { id, name: 'Sale', code: 'SALE-1', value: 15, minSubtotal: null, usageLimit: 3, isActive: true },
      userErrors: [],
    },
  });
  const { promotions } = await shop
    .as(staff)
    .request<{ promotions: { id: string }[] }>('{ promotions(first: 1) { id } }');
  expect(promotions).toEqual([{ id }]);
  const remove = doc('promotionDelete', 'id: $id', '$id: ID!');
  expect(await shop.as(staff).request(remove, { id })).toEqual({
    promotionDelete: { promotion: null, userErrors: [] },
  });
  expect(await shop.as(staff).request(remove, { id })).toEqual({
    promotionDelete: { promotion: null, userErrors: [{ code: 'NOT_FOUND', field: ['id'] }] },
  });
});

/** The handlers of what is told about orders, on this database. */
function consumers() {
  const neverCalled = async () => {
    throw new Error('only orders are told about here');
  };
  return createConsumers(releasePromotionsOnce(database), giveCartToOwnerOnce(database), {
    now: () => new Date(),
    eraseCustomer: neverCalled,
    eraseOrder: neverCalled,
    exportPersonalData: neverCalled,
  });
}

test("the cart of a guest's order that was claimed is shown to its new owner alone, and to no later one", async () => {
  const cart = (await ready()).cart as Cart;
  const order = orderId();
  await checkout(cart, order);
  expect((await read(cart.id))?.status).toBe('COMPLETED');
  const claimed = (customerId: string) =>
    newEvent(events.orderClaimed, { aggregateId: order, sequence: 2, data: { orderId: order, customerId } });
  const [owner, other] = [user('claimer'), user('later')];
  const event = claimed('usr_claimer');
  await Promise.all([1, 2, 3].map(() => consumers()['order.claimed']?.(event)));
  expect(await read(cart.id)).toBeNull();
  expect((await read(cart.id, owner))?.id).toBe(cart.id);
  await consumers()['order.claimed']?.(claimed('usr_later'));
  expect(await read(cart.id, other)).toBeNull();
  expect((await read(cart.id, owner))?.id).toBe(cart.id);
});

test("an order's end frees its code once, however often the event is delivered, and the cart stays ordered", async () => {
  await promotion({ name: 'Freed', code: 'FREED', kind: 'PERCENT_OFF_ORDER', value: 10 });
  const keep = (await ready({ discountCodes: ['FREED'] })).cart as Cart;
  await checkout(keep);
  const cart = (await ready({ discountCodes: ['FREED'] })).cart as Cart;
  const order = orderId();
  await checkout(cart, order);
  expect(await timesUsed('FREED')).toBe(2);
  const handlers = consumers();
  const data = {
    orderId: order,
    number: 'SK-1000-0001',
    customerId: null,
    cartId: cart.id,
    couponCodes: ['FREED'],
    reason: 'PAYMENT_OVERDUE',
  };
  const event = newEvent(events.orderExpired, { aggregateId: order, sequence: 2, data });
  await Promise.all([1, 2, 3].map(() => handlers['order.expired']?.(event)));
  expect(await timesUsed('FREED')).toBe(1);
  await handlers['order.cancelled']?.(newEvent(events.orderCancelled, { aggregateId: order, sequence: 3, data }));
  expect(await timesUsed('FREED')).toBe(1);
  expect((await read(cart.id))?.status).toBe('COMPLETED');
  expect(await release(order)).toBe(true);
  expect(await timesUsed('FREED')).toBe(1);
});

test('a cart whose time is over is refused before and after it was swept', async () => {
  const cart = (await ready()).cart as Cart;
  await db.query(
    `UPDATE cart SET created_at = now() - interval '31 days', expires_at = now() - interval '1 second' WHERE id = $1`,
    [cart.id],
  );
  expect((await add(cart.id, [{ variantId: 'var_tea' }])).userErrors).toMatchObject([{ code: 'CART_EXPIRED' }]);
  expect((await checkout(cart)).refusals).toMatchObject([{ code: 'CART_EXPIRED' }]);
  expect(await createCartStore(database).expire(new Date(), 500)).toBe(1);
  expect(await read(cart.id)).toMatchObject({ status: 'EXPIRED' });
  expect((await add(cart.id, [{ variantId: 'var_tea' }])).userErrors).toMatchObject([{ code: 'CART_EXPIRED' }]);
  expect(await createCartStore(database).expire(new Date(), 500)).toBe(0);
});
