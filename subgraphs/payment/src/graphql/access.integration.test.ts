import { randomBytes } from 'node:crypto';
import {
  createLogger,
  createSubgraphServer,
  loadSdl,
  type SubgraphServer,
  signIdentity,
  type Viewer,
} from '@souk/runtime';
import { eventually } from '@souk/testkit';
import { GUEST, type PaymentHarness, paymentHarness, STAFF, user } from '../testing/harness.js';
import { contextOf } from './context.js';
import { resolvers } from './resolvers.js';

/** Who may ask what: each field with everybody who must not get it. */
const secret = randomBytes(32).toString('hex');
const OWNER = user('usr_owner');
const VIEWERS = {
  guest: GUEST,
  other: user('usr_other'),
  owner: OWNER,
  reader: user('usr_reader', ['payments:read']),
  staff: STAFF,
  service: { kind: 'service', service: 'order', scopes: ['service'] },
} as const satisfies Record<string, Viewer>;
type Name = keyof typeof VIEWERS;

let h: PaymentHarness;
let server: SubgraphServer;
let url: string;
let paymentId: string;
let methodId: string;

beforeAll(async () => {
  h = await paymentHarness({ captureMethod: 'MANUAL' });
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
  url = await server.listen('127.0.0.1', 0);
  const order = h.order({ customerId: 'usr_owner' });
  const { payment } = await h.session(order.id, OWNER, 'the-session', { savePaymentMethod: true });
  paymentId = String(payment?.id);
  const method = { reference: 'pm_1', brand: 'visa', last4: '4242', expMonth: 1, expYear: 2030, removed: false };
  await tell({ kind: 'METHOD', customerReference: payment?.customerReference, method, asOfMs: 0 });
  const parts = { state: 'AUTHORIZED', authorizedCents: 4_550 } as const;
  await tell({ kind: 'INTENT', intent: h.stripe.set(String(payment?.providerReference), parts) });
  await eventually(async () => expect((await h.payment(order.id))?.state).toBe('AUTHORIZED'));
  methodId = String((await h.app.findMethods(OWNER, ['usr_owner']))[0]?.[0]?.id);
});
afterAll(async () => {
  await server?.close();
  await h?.close();
});

const tell = (notice: object) => {
  const rawBody = Buffer.from(JSON.stringify({ id: `evt_${randomBytes(6).toString('hex')}`, notice }));
  return h.app.receiveWebhook('stripe', { rawBody, headers: { signature: 'signed' } });
};

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}
async function ask(name: Name, query: string, variables: object = {}): Promise<Answer> {
  const body = JSON.stringify({ query, variables });
  const viewer = VIEWERS[name];
  const from = viewer.kind === 'service' ? 'order' : 'gateway';
  const identity = signIdentity({ secret, from, to: 'payment', viewer, body });
  const headers = { 'content-type': 'application/json', 'x-souk-identity': identity };
  return (await (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).json()) as Answer;
}

const KEY = 'idempotencyKey: "never-used-here"';
const FORBIDDEN: [what: string, field: () => string, strangers: Name[]][] = [
  ['payments', () => '{ payments { totalCount } }', ['guest', 'other', 'owner']],
  ['disputes', () => '{ disputes { id } }', ['guest', 'other', 'owner']],
  ['webhookEvents', () => '{ webhookEvents { id } }', ['guest', 'other', 'owner']],
  [
    'paymentCapture',
    () => `mutation { paymentCapture(paymentId: "${paymentId}", ${KEY}) { payment { id } } }`,
    ['guest', 'other', 'owner', 'reader'],
  ],
  [
    'paymentVoid',
    () => `mutation { paymentVoid(paymentId: "${paymentId}", ${KEY}) { payment { id } } }`,
    ['guest', 'other', 'owner', 'reader'],
  ],
  [
    'refundCreate',
    () => `mutation { refundCreate(input: { paymentId: "${paymentId}", ${KEY} }) { refund { id } } }`,
    ['guest', 'other', 'owner', 'reader'],
  ],
  [
    'paymentRecord',
    () =>
      `mutation { paymentRecord(input: { paymentId: "${paymentId}", amount: { centAmount: 1, currencyCode: "EUR" },
        reference: "mine", partial: true, ${KEY} }) { payment { id } } }`,
    ['guest', 'other', 'owner', 'reader'],
  ],
  [
    'refundRecord',
    () =>
      `mutation { refundRecord(input: { paymentId: "${paymentId}", refundId: "ref_1", reference: "mine" }) { refund { id } } }`,
    ['guest', 'other', 'owner', 'reader'],
  ],
  [
    'webhookEventReplay',
    () => 'mutation { webhookEventReplay(id: "whk_1") { event { id } } }',
    ['guest', 'other', 'owner', 'reader'],
  ],
  ['paymentMethodDelete', () => `mutation { paymentMethodDelete(id: "${methodId}") { user { id } } }`, ['guest']],
  [
    'paymentMethodDefaultSet',
    () => `mutation { paymentMethodDefaultSet(id: "${methodId}") { user { id } } }`,
    ['guest'],
  ],
];

test.each(FORBIDDEN)(
  '%s is refused to everybody who has no right to it, and nothing happens',
  async (_, field, strangers) => {
    const keys = h.stripe.keys.length;
    for (const name of strangers) {
      const { data, errors } = await ask(name, field());
      expect(Object.values(data ?? { none: null })).toEqual([null]);
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual([
        name === 'guest' ? 'UNAUTHENTICATED' : 'FORBIDDEN',
      ]);
    }
    expect(h.stripe.keys).toHaveLength(keys);
    const [payment] = await h.app.findPayments(STAFF, [paymentId], false);
    expect(payment).toMatchObject({ state: 'AUTHORIZED', captures: [], cancelRequested: false });
    expect((await h.app.findMethods(OWNER, ['usr_owner']))[0]).toHaveLength(1);
  },
);

test.each<[Name, boolean]>([
  ['guest', false],
  ['other', false],
  ['owner', true],
  ['reader', true],
  ['staff', true],
])("a user's payment, asked for by %s: shown %p", async (name, shown) => {
  const { data } = await ask(name, `{ payment(id: "${paymentId}") { id state disputes { id } } }`);
  const disputes = name === 'reader' || name === 'staff' ? [] : null;
  expect(data?.payment).toEqual(shown ? { id: paymentId, state: 'AUTHORIZED', disputes } : null);
});

test.each<[Name, boolean]>([
  ['guest', false],
  ['other', false],
  ['owner', true],
  ['reader', false],
  ['staff', false],
  ['service', false],
])('the saved payment methods of a user, asked for by %s: shown %p', async (name, shown) => {
  const { data } = await ask(
    name,
    `query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { id paymentMethods { id last4 isDefault } } } }`,
    { of: [{ __typename: 'User', id: 'usr_owner' }] },
  );
  const paymentMethods = shown ? [{ id: methodId, last4: '4242', isDefault: true }] : null;
  expect(data?._entities).toEqual([{ id: 'usr_owner', paymentMethods }]);
});

test.each<[Name, string]>([
  ['guest', 'NOT_FOUND'],
  ['other', 'NOT_FOUND'],
  ['reader', 'NOT_FOUND'],
])("confirming a user's session by %s is answered as if there were none", async (name, code) => {
  const { data } = await ask(
    name,
    `mutation { paymentSessionConfirm(paymentId: "${paymentId}") { payment { id } clientSecret userErrors { code } } }`,
  );
  expect(data?.paymentSessionConfirm).toEqual({ payment: null, clientSecret: null, userErrors: [{ code }] });
});

test.each<[Name, string[]]>([
  ['guest', ['NOT_FOUND']],
  ['other', ['NOT_FOUND']],
  // Staff who may only read payments neither open one nor get the secret with which it is paid.
  ['reader', ['NOT_FOUND']],
  ['owner', []],
  ['staff', []],
])("opening the payment of a user's order by %s is refused with %p", async (name, codes) => {
  const order = h.order({ customerId: 'usr_owner' });
  const { data } = await ask(
    name,
    `mutation { paymentSessionCreate(input: { orderId: "${order.id}", idempotencyKey: "opened-by-${name}" }) {
      clientSecret userErrors { code } } }`,
  );
  expect(data?.paymentSessionCreate).toEqual({
    clientSecret: codes.length > 0 ? null : expect.any(String),
    userErrors: codes.map((code) => ({ code })),
  });
  expect((await h.payment(order.id)) === undefined).toBe(codes.length > 0);
});

test("somebody else's saved method is neither removed nor made the default", async () => {
  for (const mutation of ['paymentMethodDelete', 'paymentMethodDefaultSet']) {
    const { data } = await ask(
      'other',
      `mutation { ${mutation}(id: "${methodId}") { user { id } userErrors { code } } }`,
    );
    expect(data?.[mutation]).toEqual({ user: null, userErrors: [{ code: 'NOT_FOUND' }] });
  }
  expect((await h.app.findMethods(OWNER, ['usr_owner']))[0]).toHaveLength(1);
});
