import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@souk/testkit';
import { createShopper, EXAMPLE_ADDRESS, payAtProvider, placeOrder, type Shopper } from '../../local/src/shopper.js';
import { type Created, createProduct, type Shop, shopOfRun, signedIn } from '../e2e/shop.js';
import { lookInCatalogue, lookInDatabases, lookInRedis } from '../e2e/storedTexts.js';
import { post } from './attackShop.js';

const mark = randomUUID().replaceAll('-', '').slice(0, 12);
const digits = String(Math.floor(Math.random() * 1e9)).padStart(9, '7');
/** What must not be found where it does not belong. The tokens are added as they are given out. */
const CANARIES: Record<string, string> = {
  email: `canary-${mark}@canary.example`,
  password: `canary horse ${mark} staple`,
  newPassword: `canary mule ${mark} staple`,
  wrongPassword: `canary wrong ${mark} staple`,
  phone: `+4930${digits}`,
  card: `4000056655${String(Math.floor(Math.random() * 1e6)).padStart(6, '5')}`,
  name: `Canary${mark}`,
  street: `Canary Lane ${mark}`,
};

/** Where each may be, by database and table; everything else is nowhere. */
const EVERY_CART_AND_ORDER = ['cart.cart', 'cart.cart_checkout', 'order.orders', 'order.placement'];
const MAY_BE: Readonly<Record<string, readonly string[]>> = {
  email: [...EVERY_CART_AND_ORDER, 'user.account', 'notification.delivery'],
  phone: [...EVERY_CART_AND_ORDER, 'user.address', 'notification.delivery'],
  name: [...EVERY_CART_AND_ORDER, 'user.account', 'user.address', 'payment.payment_document'],
  street: [...EVERY_CART_AND_ORDER, 'user.address', 'payment.payment_document'],
};

let shop: Shop;
let staff: Shopper;
let product: Created;
beforeAll(async () => {
  shop = await shopOfRun();
  staff = await signedIn(shop, 'staff');
  product = await createProduct(staff, { onHand: 10 });
  await live();
}, 240_000);
afterAll(() => staff?.close());

/** A customer's life with everything that goes wrong in one: each canary goes wherever a person or an attacker would put it. */
async function live(): Promise<void> {
  const { email, password, newPassword, wrongPassword, phone, card, name, street } = CANARIES as Record<string, string>;
  const shopper = createShopper(shop.urls.graphql as string);
  const sent = (operation: string, variables: object) =>
    shopper.send<Record<string, Record<string, unknown>>>(operation, variables);
  const refused = (operation: string, variables: object) => sent(operation, variables).catch(() => undefined);
  const raw = (body: string | object, headers: Record<string, string> = {}) =>
    post(shop.urls.graphql as string, body, headers);

  await sent('AccountRegister', { input: { email, password, firstName: name } });
  await refused('AccountRegister', { input: { email, password, firstName: name } });
  await refused('SessionCreate', { email, password: wrongPassword });
  const session = (await sent('SessionCreate', { email, password })).data.sessionCreate as {
    accessToken: string;
    refreshToken: string;
  };
  const next = (await sent('SessionRefresh', { refreshToken: session.refreshToken })).data
    .sessionRefresh as typeof session;
  Object.assign(CANARIES, {
    accessToken: session.accessToken,
    refreshToken: session.refreshToken,
    nextRefreshToken: next.refreshToken,
  });
  shopper.setToken(next.accessToken);
  await sent('AddressCreate', { input: { ...EXAMPLE_ADDRESS, fullName: name, streetLine1: street, phone } });

  await sent('PasswordResetRequest', { email });
  const token = await eventually(
    async () => {
      const answer = await fetch(
        `${shop.urls.standIns}/control/mail?bodies=true&to=${encodeURIComponent(email as string)}`,
      );
      const { mails } = (await answer.json()) as { mails: { text: string }[] };
      const found = mails
        .map(({ text }) => (/new password/i.test(text) ? /[\w-]{43}/.exec(text)?.[0] : undefined))
        .find(Boolean);
      if (!found) throw new Error('no mail with a token yet');
      return found;
    },
    { timeoutMs: 15_000 },
  );
  CANARIES.resetToken = token;
  await refused('PasswordReset', { token, password: 'short' });
  shopper.setToken(undefined);
  await sent('PasswordReset', { token, password: newPassword });
  await refused('PasswordReset', { token, password: newPassword });

  // What goes wrong: types, syntax, unknown names, unknown addresses, other content types, forged webhooks.
  for (const value of [{ v: password }, [card], 7]) {
    await raw({
      query: 'mutation L($e: String!, $p: String!) { sessionCreate(email: $e, password: $p) { accessToken } }',
      variables: { e: email, p: value },
    });
  }
  await raw({
    query: `mutation { sessionCreate(email: "${email}", password: "${wrongPassword}", card: "${card}") { accessToken } }`,
  });
  await raw({
    query: `{ products(after: "${card}") { totalCount } search(query: "${card} ${email}") { totalCount } order(id: "${card}") { id } }`,
  });
  await raw({ query: `{ products(filter: { search: "${phone}" }) { totalCount } user(id: "${email}") { id } }` });
  await raw(`{"query": "${email} ${password} ${card}`);
  await raw(`${email} ${password} ${card}`, { 'content-type': 'text/plain' });
  await raw(
    { query: '{ me { id } }' },
    {
      authorization: `Bearer ${card}.${mark}.${card}`,
      baggage: `email=${email},card=${card}`,
      tracestate: `souk=${card}`,
      cookie: `session=${card}`,
      'x-request-id': `${card}`,
    },
  );
  await fetch(`${shop.urls.gateway}/${email}/${card}?password=${encodeURIComponent(password as string)}`);
  await fetch(`${shop.urls.gateway}/graphql?query={me{id}}&token=${card}&email=${email}`);
  await fetch(`${shop.urls.gateway}/webhooks/stripe`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': `t=1,v1=${card}` },
    body: JSON.stringify({ id: 'evt_canary', data: { object: { number: card, receipt_email: email } } }),
  });

  const guest = createShopper(shop.urls.graphql as string);
  interface Made {
    cartCreate: {
      cart: { id: string; version: number; cost: { total: { centAmount: number; currencyCode: string } } };
    };
  }
  for (const paymentMethod of ['pm_card_chargeDeclined', 'pm_card_visa']) {
    const made = await guest.send<Made>('CartCreate', {
      input: {
        email,
        countryCode: 'DE',
        lines: [{ variantId: product.variantId, quantity: 1 }],
        shippingAddress: { ...EXAMPLE_ADDRESS, fullName: name, streetLine1: street, phone },
        shippingMethodId: 'standard',
      },
    });
    const placed = await placeOrder(guest, made.data.cartCreate.cart);
    const { id: orderId, number } = placed.data.orderPlace.order;
    await guest.send('OrderByNumber', { number, email }).catch(() => undefined);
    await guest.send('OrderByNumber', { number, email: `x${email}` }).catch(() => undefined);
    const paid = await guest.send<{
      paymentSessionCreate: { payment: { providerReference: string }; clientSecret?: string };
    }>('PaymentSessionCreate', {
      input: { orderId, provider: 'stripe', idempotencyKey: randomUUID() },
    });
    if (paid.data.paymentSessionCreate.clientSecret)
      CANARIES[`clientSecret ${paymentMethod}`] = paid.data.paymentSessionCreate.clientSecret;
    await payAtProvider(
      shop.urls.standIns as string,
      paid.data.paymentSessionCreate.payment.providerReference,
      paymentMethod,
    ).catch(() => undefined);
    if (paymentMethod === 'pm_card_visa') {
      await eventually(
        async () => {
          const { data } = await guest.send<{ order: { status: string } }>('OrderStatus', { id: orderId });
          if (data.order.status !== 'CONFIRMED') throw new Error(data.order.status);
        },
        { timeoutMs: 15_000 },
      );
    }
  }
  await Promise.all([guest.close(), shopper.close()]);
}

/** The names of the canaries that a text contains. */
const found = (text: string): string[] =>
  Object.keys(CANARIES).filter((name) => text.includes(CANARIES[name] as string));

test('the search finds what is there', () => {
  expect(found(JSON.stringify({ a: [{ b: CANARIES.email }] }))).toEqual(['email']);
  expect(Object.keys(CANARIES)).toEqual(expect.arrayContaining(['accessToken', 'refreshToken', 'resetToken']));
});

test('no log of any process has an address, a password, a card number, a telephone number or a token', async () => {
  const folder = join(shop.dataDir as string, 'logs');
  const files = await readdir(folder);
  expect(files.length).toBeGreaterThanOrEqual(11);
  const texts = await Promise.all(
    files.map(async (file) => [file, await readFile(join(folder, file), 'utf8')] as const),
  );
  // They do log: at the level debug, in this run.
  expect(texts.some(([file, text]) => file === 'gateway.log' && text.includes('"level"'))).toBe(true);
  expect(texts.flatMap(([file, text]) => found(text).map((name) => `${file}: ${name}`))).toEqual([]);
});

test('no metric of any process has one', async () => {
  const processes = ['gateway', 'user', 'product', 'cart', 'order', 'payment', 'notification', 'worker'];
  for (const name of processes) {
    const text = await (await fetch(`${shop.urls[name]}/metrics`)).text();
    expect(text).toContain('process_cpu_seconds_total');
    expect({ name, found: found(text) }).toEqual({ name, found: [] });
  }
});

test('nothing in Redis has one: no key, no queue, no job', async () => {
  let keys = 0;
  const where: string[] = [];
  await lookInRedis(shop.env, (place, text) => {
    keys += 1;
    where.push(...found(text).map((name) => `${place}: ${name}`));
  });
  expect(keys).toBeGreaterThan(10);
  expect(where).toEqual([]);
});

test('no table has one but those that need it: outboxes and inboxes have none, passwords and tokens are nowhere', async () => {
  const where = new Map<string, Set<string>>();
  const databases = new Set<string>();
  await lookInDatabases(shop.env, (place, text) => {
    const [database, table] = place.split('.');
    databases.add(String(database));
    for (const canary of found(text)) {
      where.set(canary, (where.get(canary) ?? new Set()).add(`${database}.${table}`));
    }
  });
  expect(databases.size).toBe(6);
  expect([...where.keys()].sort()).toEqual(Object.keys(MAY_BE).sort());
  const elsewhere = [...where].flatMap(([canary, tables]) =>
    [...tables].filter((table) => !MAY_BE[canary]?.includes(table)).map((table) => `${canary} in ${table}`),
  );
  expect(elsewhere).toEqual([]);
}, 60_000);

test('no document of the catalogue has one', async () => {
  let documents = 0;
  await lookInCatalogue(shop.env, (place, text) => {
    documents += 1;
    expect({ place, found: found(text) }).toEqual({ place, found: [] });
  });
  expect(documents).toBeGreaterThan(0);
});

test('no answer’s headers pass on what came as baggage or trace state', async () => {
  const answer = await post(
    shop.urls.graphql as string,
    { query: '{ me { id } }' },
    {
      baggage: `email=${CANARIES.email}`,
      tracestate: `souk=${CANARIES.card}`,
    },
  );
  expect(found(JSON.stringify([...answer.headers]))).toEqual([]);
});
