import { accessRules, IDENTITY_HEADER, loadSdl, type ServiceName, signIdentity, type Viewer } from '@souk/runtime';
import { createShopper, fillCart, placeOrder, type Shopper } from '../../local/src/shopper.js';
import { buildSchema } from '../../packages/runtime/src/subgraphServer.js';
import { type Created, createProduct, type Shop, shopOfRun, signedIn } from '../e2e/shop.js';
import { ALL_SCOPES, codesOf, leakIn, PASSWORD, post, registered } from './attackShop.js';
import { example, selection } from './examples.js';

const SERVICES = ['user', 'product', 'cart', 'order', 'payment', 'notification'] as const;
type Subgraph = (typeof SERVICES)[number];

let shop: Shop;
let secret: string;
beforeAll(async () => {
  shop = await shopOfRun();
  secret = shop.env.IDENTITY_SECRET as string;
}, 240_000);

const SDL = '{"query":"{ _service { sdl } }"}';
const ENTITIES = JSON.stringify({
  query: 'query($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
  variables: { r: [{ __typename: 'User', id: 'usr_1' }] },
});
const GUEST: Viewer = { kind: 'anonymous' };
const sign = (
  to: ServiceName,
  body: string,
  o: { from?: ServiceName; viewer?: Viewer; now?: number; secret?: string } = {},
) =>
  signIdentity({
    secret: o.secret ?? secret,
    from: o.from ?? 'gateway',
    to,
    viewer: o.viewer ?? GUEST,
    body,
    ...(o.now ? { now: o.now } : {}),
  });
const call = (service: Subgraph, body: string, identity?: string) =>
  post(`${shop.urls[service]}/graphql`, body, identity === undefined ? {} : { [IDENTITY_HEADER]: identity });
const claimsOf = (identity: string) =>
  JSON.parse(Buffer.from(identity.split('.')[0] as string, 'base64url').toString()) as Record<string, unknown>;
const withClaims = (identity: string, changes: object) =>
  `${Buffer.from(JSON.stringify({ ...claimsOf(identity), ...changes })).toString('base64url')}.${identity.split('.')[1]}`;
const other = (service: Subgraph): Subgraph => (service === 'order' ? 'payment' : 'order');

const FORGERIES: readonly [what: string, identity: (service: Subgraph, body: string) => string | undefined][] = [
  ['unsigned', () => undefined],
  ['an empty signature', () => ''],
  ['rubbish', () => 'rubbish.rubbish'],
  ['signed with another secret', (to, body) => sign(to, body, { secret: 'cd'.repeat(32) })],
  ['signed for another service', (to, body) => sign(other(to), body)],
  ['re-targeted after it was signed', (to, body) => withClaims(sign(other(to), body), { aud: to })],
  ['signed for another body', (to) => sign(to, '{"query":"{ __typename }"}')],
  ['31 seconds old', (to, body) => sign(to, body, { now: Date.now() - 31_000 })],
  ['31 seconds ahead', (to, body) => sign(to, body, { now: Date.now() + 31_000 })],
  ['made young again', (to, body) => withClaims(sign(to, body, { now: Date.now() - 60_000 }), { iat: Date.now() })],
  [
    'with another viewer put in',
    (to, body) => withClaims(sign(to, body), { viewer: { kind: 'service', service: 'order', scopes: ['service'] } }),
  ],
  [
    'of a service that says it is the gateway',
    (to, body) => withClaims(sign(to, body, { from: 'notification' }), { iss: 'gateway' }),
  ],
  ['of a service that does not exist', (to, body) => withClaims(sign(to, body), { iss: 'nobody' })],
  ['without a signature', (to, body) => `${sign(to, body).split('.')[0]}.`],
];

describe.each(SERVICES)('a direct call to %s', (service) => {
  test.each(FORGERIES)('is refused when it is %s, _service and _entities included', async (_what, identity) => {
    for (const body of [SDL, ENTITIES]) {
      const answer = await call(service, body, identity(service, body));
      expect([answer.status, codesOf(answer), answer.json.data]).toEqual([401, ['UNAUTHENTICATED'], undefined]);
      expect(answer.text).not.toMatch(/type Query|extend schema/);
      expect(leakIn(shop, answer.text)).toBeUndefined();
    }
  });

  test('is answered once: the same signed request again is refused', async () => {
    const identity = sign(service, SDL);
    expect((await call(service, SDL, identity)).status).toBe(200);
    const again = await Promise.all(Array.from({ length: 5 }, () => call(service, SDL, identity)));
    expect(again.map(({ status }) => status)).toEqual(Array(5).fill(401));
  });

  test('has no other door: GET, another path and other methods lead nowhere', async () => {
    const url = shop.urls[service] as string;
    const identity = sign(service, '');
    for (const [method, path] of [
      ['GET', '/graphql?query=%7B_service%7Bsdl%7D%7D'],
      ['PUT', '/graphql'],
      ['PATCH', '/graphql'],
      ['DELETE', '/graphql'],
      ['POST', '/'],
      ['POST', '/graphql/'],
      ['GET', '/'],
      ['GET', '/.apollo/server-health'],
      ['POST', '//graphql'],
    ] as const) {
      const answer = await fetch(`${url}${path}`, { method, headers: { [IDENTITY_HEADER]: identity } });
      expect([method, path, answer.status < 500 && answer.status >= 400]).toEqual([method, path, true]);
      expect(await answer.text()).not.toMatch(/type Query|sdl/);
    }
  });
});

test.each(SERVICES)(
  'what only services may ask %s is refused to a person with every scope, who came through the gateway',
  async (service) => {
    const schema = buildSchema(loadSdl(service), {}, service);
    const viewer: Viewer = { kind: 'user', userId: 'usr_1', sessionId: 'ses_1', roles: ['ADMIN'], scopes: ALL_SCOPES };
    for (const [kind, root] of [
      ['query', schema.getQueryType()],
      ['mutation', schema.getMutationType()],
    ] as const) {
      for (const field of Object.values(root?.getFields() ?? {})) {
        const rules = accessRules(field.astNode);
        if (!rules.some((rule) => rule.kind === 'scopes' && rule.anyOf.some((all) => all.includes('service'))))
          continue;
        const body = JSON.stringify({
          query: `${kind} Inside(${field.args.map((arg) => `$${arg.name}: ${arg.type}`).join(', ')}) {
          ${field.name}(${field.args.map((arg) => `${arg.name}: $${arg.name}`).join(', ')}) ${selection(field.type)}
        }`,
          variables: Object.fromEntries(field.args.map((arg) => [arg.name, example(arg.type, 'usr_1')])),
        });
        const answer = await call(service, body, sign(service, body, { viewer }));
        expect([field.name, codesOf(answer)]).toEqual([field.name, ['FORBIDDEN']]);
      }
    }
  },
);

test('a service cannot speak for a user: the viewer that it claims is ignored', async () => {
  const body = JSON.stringify({ query: '{ me { id } users { totalCount } }' });
  const viewer: Viewer = {
    kind: 'user',
    userId: 'usr_1',
    sessionId: 'ses_1',
    roles: ['ADMIN'],
    scopes: ['users:read'],
  };
  const answer = await call('user', body, sign('user', body, { from: 'notification', viewer }));
  expect(codesOf(answer)).toEqual(['FORBIDDEN']);
  expect(answer.json.data?.me ?? null).toBeNull();
});

describe('entities, asked for by their ids as the gateway asks', () => {
  let staff: Shopper;
  let owner: Shopper;
  let ownerAccount: { id: string; email: string };
  let product: Created;
  let orderId: string;
  let cartId: string;
  let paymentId: string;
  beforeAll(async () => {
    staff = await signedIn(shop, 'staff');
    product = await createProduct(staff, { onHand: 20 });
    ownerAccount = await registered(shop, 'owner');
    owner = createShopper(shop.urls.graphql as string);
    const session = await owner.send<{ sessionCreate: { accessToken: string } }>('SessionCreate', {
      email: ownerAccount.email,
      password: PASSWORD,
    });
    owner.setToken(session.data.sessionCreate.accessToken);
    const lines = [{ variantId: product.variantId, quantity: 1 }];
    const { cart } = await fillCart(owner, { lines, email: ownerAccount.email });
    orderId = (await placeOrder(owner, cart)).data.orderPlace.order.id;
    const paid = await owner.send<{ paymentSessionCreate: { payment: { id: string } } }>('PaymentSessionCreate', {
      input: { orderId, provider: 'stripe', idempotencyKey: `direct-${orderId}` },
    });
    paymentId = paid.data.paymentSessionCreate.payment.id;
    cartId = (await fillCart(owner, { lines, email: ownerAccount.email })).cart.id;
  }, 60_000);
  afterAll(async () => {
    await Promise.all([staff?.close(), owner?.close()]);
  });

  const person = (userId: string, scopes: string[] = []): Viewer => ({
    kind: 'user',
    userId,
    sessionId: 'ses_x',
    roles: ['CUSTOMER'],
    scopes,
  });
  const entity = async (service: Subgraph, viewer: Viewer, representation: object, selection: string) => {
    const body = JSON.stringify({
      query: `query($r: [_Any!]!) { _entities(representations: $r) { __typename ${selection} } }`,
      variables: { r: [representation] },
    });
    const answer = await call(service, body, sign(service, body, { viewer }));
    return {
      text: answer.text,
      found: (answer.json.data?._entities as (object | null)[] | null | undefined)?.[0] ?? null,
    };
  };

  test('a user is an entity to himself and to staff, and to nobody else', async () => {
    const ask = (viewer: Viewer) =>
      entity('user', viewer, { __typename: 'User', id: ownerAccount.id }, '... on User { id email phone }');
    expect((await ask(person(ownerAccount.id))).found).toMatchObject({ email: ownerAccount.email });
    expect((await ask(person('usr_staff', ['users:read']))).found).toMatchObject({ email: ownerAccount.email });
    for (const viewer of [GUEST, person('usr_other')])
      expect((await ask(viewer)).text).not.toContain(ownerAccount.email);
  });

  test('an order is an entity to its customer and to staff, and to nobody else', async () => {
    const ask = (viewer: Viewer) =>
      entity('order', viewer, { __typename: 'Order', id: orderId }, '... on Order { id email number }');
    expect((await ask(person(ownerAccount.id))).found).toMatchObject({ id: orderId });
    for (const viewer of [GUEST, person('usr_other')]) {
      const { text, found } = await ask(viewer);
      expect(text).not.toContain(ownerAccount.email);
      expect((found as { number?: string } | null)?.number ?? null).toBeNull();
    }
  });

  test('what payment adds to an order is shown to nobody but its customer and staff', async () => {
    const ask = (viewer: Viewer) =>
      entity('payment', viewer, { __typename: 'Order', id: orderId }, '... on Order { payments { id } }');
    expect((await ask(person(ownerAccount.id))).text).toContain(paymentId);
    for (const viewer of [GUEST, person('usr_other')]) expect((await ask(viewer)).text).not.toContain(paymentId);
  });

  test('payments, carts and orders of others are not there for those who know their ids', async () => {
    const stranger = createShopper(shop.urls.graphql as string);
    const account = await registered(shop, 'stranger');
    const session = await stranger.send<{ sessionCreate: { accessToken: string } }>('SessionCreate', {
      email: account.email,
      password: PASSWORD,
    });
    const query =
      'query($o: ID!, $c: ID!, $p: ID!, $u: ID!) { order(id: $o) { id } cart(id: $c) { id } payment(id: $p) { id } user(id: $u) { id } }';
    const variables = { o: orderId, c: cartId, p: paymentId, u: ownerAccount.id };
    for (const headers of [{}, { authorization: `Bearer ${session.data.sessionCreate.accessToken}` }]) {
      const answer = await post(shop.urls.graphql as string, { query, variables }, headers);
      expect(answer.json.data).toEqual({ order: null, cart: null, payment: null, user: null });
    }
    await stranger.close();
  });
});
