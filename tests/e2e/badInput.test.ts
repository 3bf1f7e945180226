import { createShopper, fillCart, type Shopper } from '../../local/src/shopper.js';
import { type Created, createProduct, type Shop, shopOfRun, signedIn, uniqueEmail } from './shop.js';

let shop: Shop;
let staff: Shopper;
let guest: Shopper;
let product: Created;
let endpoint: string;
beforeAll(async () => {
  shop = await shopOfRun();
  endpoint = shop.urls.graphql as string;
  staff = await signedIn(shop, 'staff');
  guest = createShopper(endpoint);
  product = await createProduct(staff, { onHand: 5 });
}, 120_000);
afterAll(async () => {
  await Promise.all([staff?.close(), guest?.close()]);
});

async function post(body: string, headers: Record<string, string> = {}) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    json: JSON.parse(text) as {
      data?: Record<string, unknown>;
      errors?: { message: string; extensions?: { code?: string } }[];
    },
  };
}
const query = (text: string, variables?: object, headers?: Record<string, string>) =>
  post(JSON.stringify({ query: text, variables }), headers);

/** Nothing that tells about the inside. */
function expectNoLeak(text: string): void {
  expect(text).not.toMatch(/node_modules|\.ts:\d|\.js:\d|127\.0\.0\.1:\d|ECONN|postgres|SELECT |stacktrace/i);
}

test.each([
  ['no JSON', '{"query":'],
  ['not GraphQL', JSON.stringify({ query: '{ products(' })],
  ['an unknown field', JSON.stringify({ query: '{ doesNotExist }' })],
  ['no query', '{}'],
  ['a list of requests', '[{"query":"{ __typename }"}]'],
  ['null', 'null'],
  ['a query that is a number', '{"query":7}'],
  ['two operations and no name', JSON.stringify({ query: 'query A { __typename } query B { __typename }' })],
  [
    'two operations and an unknown name',
    JSON.stringify({ query: 'query A { __typename } query B { __typename }', operationName: 'C' }),
  ],
  [
    'malformed persisted-query extensions',
    JSON.stringify({ query: '{ __typename }', extensions: { persistedQuery: 'x' } }),
  ],
  ['variables that are a list', JSON.stringify({ query: '{ __typename }', variables: [1] })],
  [
    'a variable of the wrong type',
    JSON.stringify({ query: 'query($f: Int!) { products(first: $f) { totalCount } }', variables: { f: 'many' } }),
  ],
  ['a body that is too large', JSON.stringify({ query: `{ __typename } #${'x'.repeat(2_000_000)}` })],
  [
    'a very deep query',
    JSON.stringify({ query: `{ categories ${'{ children '.repeat(60)}{ id }${' }'.repeat(60)} }` }),
  ],
  [
    'hundreds of aliases',
    JSON.stringify({ query: `{ ${Array.from({ length: 300 }, (_, i) => `a${i}: __typename`).join(' ')} }` }),
  ],
])('%s gets a 4xx in GraphQL shape', async (_name, body) => {
  const answer = await post(body);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(answer.json.errors?.[0]?.extensions?.code).toEqual(expect.any(String));
  expectNoLeak(answer.text);
});

test('a password of the wrong type is not repeated', async () => {
  const answer = await query(
    'mutation($p: String!) { sessionCreate(email: "a@b.example", password: $p) { accessToken } }',
    { p: { secret: 'hunter2' } },
  );
  expect(answer.text).not.toContain('hunter2');
  expect(answer.status).toBe(400);
});

test.each([
  ['rubbish', 'Bearer rubbish'],
  [
    'no algorithm',
    `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"usr_1","scopes":["users:write"]}').toString('base64url')}.`,
  ],
  ['another scheme', 'Basic YWRtaW46YWRtaW4='],
])('a forged token (%s) is refused and nothing is executed', async (_name, authorization) => {
  const answer = await query('{ me { id } }', {}, { authorization });
  expect(answer.json.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  expect([200, 401]).toContain(answer.status);
  expectNoLeak(answer.text);
});

test('identity headers of a client are worth nothing', async () => {
  const viewer = Buffer.from(JSON.stringify({ kind: 'user', userId: 'usr_1', scopes: ['users:read'] })).toString(
    'base64url',
  );
  const answer = await query(
    '{ users { totalCount } }',
    {},
    { 'x-souk-identity': `${viewer}.x`, 'x-user-id': 'usr_1', 'x-souk-viewer': viewer },
  );
  expect(answer.json.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  expect(answer.json.data?.users ?? null).toBeNull();
});

test.each(['user', 'product', 'cart', 'order', 'payment', 'notification'])(
  '%s answers nothing to a direct call without a signature',
  async (name) => {
    const response = await fetch(`${shop.urls[name]}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ _service { sdl } }' }),
    });
    expect(response.status).toBe(401);
  },
);

test.each([-1, 0, 1.5, 1_000_000, 2_147_483_648])(
  'a cart does not take a quantity of %d and stays as it was',
  async (quantity) => {
    const { cart } = await fillCart(guest, {
      lines: [{ variantId: product.variantId, quantity: 1 }],
      email: uniqueEmail(),
    });
    const answer = await query(
      'mutation($c: ID!, $l: [CartLineInput!]!) { cartLinesAdd(cartId: $c, lines: $l) { cart { version } userErrors { code } } }',
      { c: cart.id, l: [{ variantId: product.variantId, quantity }] },
    );
    const refused = (answer.json.data?.cartLinesAdd as { userErrors: unknown[] } | undefined)?.userErrors.length ?? 0;
    expect(answer.status < 500 && (refused > 0 || (answer.json.errors?.length ?? 0) > 0)).toBe(true);
    const after = await guest.send<{ cart: { version: number; totalQuantity: number } }>('Cart', { id: cart.id });
    expect(after.data.cart).toMatchObject({ version: cart.version, totalQuantity: 1 });
  },
);

test('unknown ids are answered with null or a typed error', async () => {
  const reads = await query(
    '{ product(id: "prd_nothing") { id } cart(id: "crt_nothing") { id } order(id: "ord_nothing") { id } payment(id: "pay_nothing") { id } category(id: "x") { id } }',
  );
  expect(reads.json).toMatchObject({ data: { product: null, cart: null, order: null, payment: null, category: null } });
  const code = async (operation: string, variables: object) =>
    guest.send(operation, variables).then(
      () => 'none',
      (error: { errors: { code: string }[] }) => error.errors[0]?.code,
    );
  expect(
    await code('CartLinesAdd', { cartId: 'crt_nothing', lines: [{ variantId: product.variantId, quantity: 1 }] }),
  ).toBe('NOT_FOUND');
  expect(
    await code('PaymentSessionCreate', {
      input: { orderId: 'ord_nothing', provider: 'stripe', idempotencyKey: 'nothing-here' },
    }),
  ).toBe('NOT_FOUND');
});

test('an unsigned webhook is refused and stored nowhere', async () => {
  const admin = await signedIn(shop, 'admin');
  const count = async () =>
    (await admin.send<{ webhookEvents: unknown[] }>('WebhookEvents', { first: 100 })).data.webhookEvents.length;
  const before = await count();
  const body = JSON.stringify({ id: 'evt_forged', type: 'payment_intent.succeeded', data: { object: { id: 'pi_x' } } });
  for (const headers of [{}, { 'stripe-signature': `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}` }]) {
    const response = await fetch(`${shop.urls.gateway}/webhooks/stripe`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    expect(response.status).toBe(400);
    expectNoLeak(await response.text());
  }
  expect(await count()).toBe(before);
  await admin.close();
});

test('staff mutations are closed to guests and customers', async () => {
  const customer = await signedIn(shop, 'customer');
  const variables = { variantId: product.variantId, delta: 100, reason: 'RECEIVED', idempotencyKey: 'not-for-you-1' };
  for (const [who, expected] of [
    [guest, 'UNAUTHENTICATED'],
    [customer, 'FORBIDDEN'],
  ] as const) {
    await expect(who.send('InventoryAdjust', variables)).rejects.toMatchObject({ errors: [{ code: expected }] });
  }
  const page = await guest.send<{ product: { variants: { quantityAvailable: number }[] } }>('ProductPage', {
    slug: product.slug,
  });
  expect(page.data.product.variants[0]?.quantityAvailable).toBe(5);
  await customer.close();
});

test('what a user owns is not there for others', async () => {
  const customer = await signedIn(shop, 'customer');
  const { cart } = await fillCart(customer, {
    lines: [{ variantId: product.variantId, quantity: 1 }],
    email: uniqueEmail(),
  });
  const seen = await guest.send<{ cart: unknown }>('Cart', { id: cart.id });
  expect(seen.data.cart).toBeNull();
  await expect(
    guest.send('CartLinesAdd', { cartId: cart.id, lines: [{ variantId: product.variantId, quantity: 1 }] }),
  ).rejects.toMatchObject({
    errors: [{ code: 'NOT_FOUND' }],
  });
  await customer.close();
});
