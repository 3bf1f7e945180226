import { randomBytes } from 'node:crypto';
import { createLogger, createSubgraphServer, loadSdl, type SubgraphServer, signIdentity } from '@souk/runtime';
import { type GraphqlClient, graphqlClient } from '@souk/testkit';
import { GUEST, type PaymentHarness, paymentHarness } from '../../testing/harness.js';
import { contextOf } from '../context.js';
import { resolvers } from '../resolvers.js';

const secret = randomBytes(32).toString('hex');
let h: PaymentHarness;
let server: SubgraphServer;
let guest: GraphqlClient;

beforeAll(async () => {
  h = await paymentHarness();
  server = await createSubgraphServer({
    service: 'payment',
    sdl: loadSdl('payment'),
    resolvers,
    createContext: contextOf(h.app),
    identitySecret: secret,
    logger: createLogger('payment', 'silent'),
    production: false,
    readiness: {},
  });
  const url = await server.listen('127.0.0.1', 0);
  guest = graphqlClient(`${url}/graphql`, (body) => ({
    'x-souk-identity': signIdentity({ secret, from: 'gateway', to: 'payment', viewer: GUEST, body }),
  }));
});
afterAll(async () => {
  await server?.close();
  await h?.close();
});

const open = (input: object) =>
  guest.request<{ paymentSessionCreate: unknown }>(
    `mutation Open($input: PaymentSessionInput!) {
      paymentSessionCreate(input: $input) { payment { provider state amount { centAmount } } userErrors { code field } }
    }`,
    { input },
  );

test('the provider may be left out, and is Stripe then', async () => {
  const order = h.order();
  expect(await open({ orderId: order.id, idempotencyKey: 'without-provider' })).toEqual({
    paymentSessionCreate: {
      payment: { provider: 'stripe', state: 'CREATED', amount: { centAmount: 4_550 } },
      userErrors: [],
    },
  });
  const sameKey = { orderId: order.id, provider: 'stripe', idempotencyKey: 'without-provider' };
  expect(await open(sameKey)).toMatchObject({ paymentSessionCreate: { userErrors: [] } });
});

test('a provider that is not there is refused and no payment is made', async () => {
  const order = h.order();
  expect(await open({ orderId: order.id, provider: 'barter', idempotencyKey: 'unknown-provider' })).toEqual({
    paymentSessionCreate: { payment: null, userErrors: [{ code: 'INVALID', field: ['input', 'provider'] }] },
  });
  expect(await h.payment(order.id)).toBeUndefined();
});
