import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaFolder } from '@souk/runtime';
import {
  buildSchema,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  Kind,
  parse,
} from 'graphql';
import pg from 'pg';
import { createShopper, fillCart, type Shopper } from '../../local/src/shopper.js';
import { type Created, createProduct, type Shop, shopOfRun, signedIn, uniqueEmail } from '../e2e/shop.js';
import { codesOf, type Edge, PASSWORD, post, registered, signToken, startEdge } from './attackShop.js';

let shop: Shop;
let endpoint: string;
let staff: Shopper;
let guest: Shopper;
let product: Created;
let users: pg.Pool;
beforeAll(async () => {
  shop = await shopOfRun();
  endpoint = shop.urls.graphql as string;
  staff = await signedIn(shop, 'staff');
  guest = createShopper(endpoint);
  product = await createProduct(staff, { onHand: 50, centAmount: 10_000 });
  users = new pg.Pool({ connectionString: shop.env.DATABASE_URL_USER, max: 1 });
}, 240_000);
afterAll(async () => {
  await Promise.all([staff?.close(), guest?.close(), users?.end()]);
});

const REGISTER = `mutation R($input: AccountRegisterInput!) {
  accountRegister(input: $input) { user { id roles scopes emailVerified isActive } userErrors { code } }
}`;

describe('mass assignment', () => {
  test.each([
    ['roles', ['ADMIN']],
    ['role', 'ADMIN'],
    ['scopes', ['users:write']],
    ['isAdmin', true],
    ['emailVerified', true],
    ['isActive', true],
    ['id', 'usr_mine'],
    ['passwordHash', 'x'],
    ['__proto__', { roles: ['ADMIN'] }],
    ['constructor', { prototype: { roles: ['ADMIN'] } }],
  ])('a registration with %s is refused whole, and opens no account', async (name, value) => {
    const email = uniqueEmail('mass');
    const extra = `"${name}":${JSON.stringify(value)}`;
    const answer = await post(
      endpoint,
      `{"query":${JSON.stringify(REGISTER)},"variables":{"input":{"email":"${email}","password":"${PASSWORD}",${extra}}}}`,
    );
    expect([answer.status, codesOf(answer)]).toEqual([400, ['BAD_USER_INPUT']]);
    expect((await users.query('SELECT 1 FROM account WHERE email_key = $1', [email])).rowCount).toBe(0);
  });

  test('a new account is a customer, unconfirmed, without any scope of staff', async () => {
    const { id } = await registered(shop);
    const { rows } = await users.query('SELECT roles::text[] AS roles, email_verified_at FROM account WHERE id = $1', [
      id,
    ]);
    expect(rows).toEqual([{ roles: ['CUSTOMER'], email_verified_at: null }]);
  });

  test('a profile cannot be changed into another account, another address or another role', async () => {
    const { id } = await registered(shop);
    const authorization = `Bearer ${await signToken(shop, id)}`;
    const query =
      'mutation U($input: AccountUpdateInput!) { accountUpdate(input: $input) { user { id } userErrors { code } } }';
    for (const extra of [
      { roles: ['ADMIN'] },
      { email: 'x@y.example' },
      { id: 'usr_other' },
      { emailVerified: true },
      { isActive: false },
    ]) {
      const answer = await post(
        endpoint,
        { query, variables: { input: { firstName: 'Mallory', ...extra } } },
        { authorization },
      );
      expect([answer.status, codesOf(answer)]).toEqual([400, ['BAD_USER_INPUT']]);
    }
    const { rows } = await users.query('SELECT first_name, roles::text[] AS roles FROM account WHERE id = $1', [id]);
    expect(rows).toEqual([{ first_name: null, roles: ['CUSTOMER'] }]);
  });

  test.each([
    ['a price', { unitPrice: { centAmount: 1, currencyCode: 'EUR' } }],
    ['a total', { total: { centAmount: 1, currencyCode: 'EUR' } }],
    ['a discount', { discount: { centAmount: 9_999, currencyCode: 'EUR' } }],
  ])('a cart line with %s of the client’s is refused', async (_what, extra) => {
    const answer = await post(endpoint, {
      query: 'mutation C($input: CartCreateInput) { cartCreate(input: $input) { cart { id } } }',
      variables: { input: { lines: [{ variantId: product.variantId, quantity: 1, ...extra }] } },
    });
    expect([answer.status, codesOf(answer)]).toEqual([400, ['BAD_USER_INPUT']]);
  });

  test('an order for a cent is refused with PRICE_CHANGED, also with a customer, a status or a price beside it', async () => {
    const { cart } = await fillCart(guest, {
      lines: [{ variantId: product.variantId, quantity: 1 }],
      email: uniqueEmail(),
    });
    const query =
      'mutation P($input: OrderPlaceInput!) { orderPlace(input: $input) { order { id } userErrors { code } } }';
    const input = {
      cartId: cart.id,
      cartVersion: cart.version,
      expectedTotal: { centAmount: 1, currencyCode: 'EUR' },
      idempotencyKey: `cent-${cart.id}`,
    };
    expect(codesOf(await post(endpoint, { query, variables: { input } }))).toEqual(['PRICE_CHANGED']);
    for (const extra of [
      { customerId: 'usr_1' },
      { status: 'CONFIRMED' },
      { total: { centAmount: 1, currencyCode: 'EUR' } },
    ]) {
      const answer = await post(endpoint, { query, variables: { input: { ...input, ...extra } } });
      expect([answer.status, codesOf(answer)]).toEqual([400, ['BAD_USER_INPUT']]);
    }
  });

  test('no input of what customers and guests may call has a field that only the shop decides', () => {
    const api = buildSchema(readFileSync(join(schemaFolder(), 'api.graphql'), 'utf8'));
    const fields = { ...api.getQueryType()?.getFields(), ...api.getMutationType()?.getFields() };
    const decided =
      /^(roles?|scopes?|isAdmin|isActive|emailVerified|customerId|userId|accountId|ownerId|price|unitPrice|compareAtPrice|amount|total|discount(Amount|Percent)?|tax|status|state|onHand|value)$/i;
    const found: string[] = [];
    const seen = new Set<GraphQLInputObjectType>();
    const visit = (where: string, name: string, type: GraphQLInputType) => {
      if (decided.test(name)) found.push(where);
      const named = getNamedType(type);
      if (!isInputObjectType(named) || seen.has(named)) return;
      seen.add(named);
      for (const field of Object.values(named.getFields()))
        visit(`${named.name}.${field.name}`, field.name, field.type);
    };
    const open = openFields();
    expect(open.size).toBeGreaterThan(30);
    for (const name of open) {
      for (const arg of fields[name]?.args ?? []) visit(`${name}(${arg.name}:)`, arg.name, arg.type);
    }
    expect(found.sort()).toEqual(ALLOWED);
  });
});

/** Filters: they choose what is shown, and change nothing. */
const ALLOWED: readonly string[] = ['ProductFilterInput.status', 'search(price:)'];

/** Root fields without a scope, by the SDL. */
function openFields(): Set<string> {
  const open = new Set<string>();
  for (const service of ['user', 'product', 'cart', 'order', 'payment', 'notification']) {
    const { definitions } = parse(readFileSync(join(schemaFolder(), 'subgraphs', `${service}.graphql`), 'utf8'));
    for (const node of definitions) {
      const isRoot =
        (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION) &&
        ['Query', 'Mutation'].includes(node.name.value);
      for (const field of isRoot ? (node.fields ?? []) : []) {
        if (!field.directives?.some(({ name }) => name.value === 'requiresScopes')) open.add(field.name.value);
      }
    }
  }
  return open;
}

describe('prototype pollution', () => {
  let edge: Edge;
  beforeAll(async () => {
    edge = await startEdge(shop, { rateLimitFactor: 1_000 });
  });
  afterAll(() => edge?.close());
  const clean = () =>
    expect([({} as Record<string, unknown>).polluted, Object.keys(Object.prototype)]).toEqual([undefined, []]);

  test.each([
    [
      'variables',
      '{"query":"{ me { id } }","variables":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}',
    ],
    ['the body', '{"query":"{ me { id } }","__proto__":{"polluted":true,"operationName":"X"}}'],
    [
      'extensions',
      '{"query":"{ me { id } }","extensions":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}',
    ],
    [
      'a variable named __proto__',
      '{"query":"query($__proto__: Int, $first: Int) { products(first: $first) { totalCount } me { id } a: products(first: $__proto__) { totalCount } }","variables":{"__proto__":1,"first":1}}',
    ],
    [
      'an alias named __proto__',
      '{"query":"{ me { id } __proto__: me { id } constructor: me { id } toString: me { id } }"}',
    ],
    ['an operation named __proto__', '{"query":"query __proto__ { me { id } }","operationName":"__proto__"}'],
    ['an operation named constructor', '{"query":"query constructor { me { id } }","operationName":"constructor"}'],
  ])('__proto__ in %s changes nothing in the gateway, twice', async (_where, body) => {
    for (let time = 0; time < 2; time += 1) {
      const answer = await post(edge.graphql, body);
      expect([200, 400]).toContain(answer.status);
      if (answer.status === 200) expect(answer.json.data).toMatchObject({ me: null });
      clean();
    }
  });

  test('__proto__ in a signed webhook changes nothing, and the service goes on', async () => {
    const body =
      '{"id":"evt_polluted","object":"event","type":"payment_intent.succeeded","__proto__":{"polluted":true},"data":{"object":{"id":"pi_none","object":"payment_intent","metadata":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}}}';
    const time = Math.floor(Date.now() / 1_000);
    const signature = createHmac('sha256', shop.env.STRIPE_WEBHOOK_SECRET as string)
      .update(`${time}.${body}`)
      .digest('hex');
    const answer = await fetch(`${shop.urls.gateway}/webhooks/stripe`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'stripe-signature': `t=${time},v1=${signature}` },
      body,
    });
    expect(answer.status).toBeLessThan(500);
    const providers = await post(endpoint, { query: '{ products(first: 1) { totalCount } }' });
    expect(providers.text).not.toContain('polluted');
    expect(providers.status).toBe(200);
  });
});
