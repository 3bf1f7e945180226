import { randomUUID } from 'node:crypto';
import { eventually } from '@souk/testkit';
import { createShopper, operationText, purchase, type Shopper } from '../../local/src/shopper.js';
import { createProduct, mailsTo, type Shop, shopOfRun, signedIn, uniqueEmail } from './shop.js';

let shop: Shop;
const opened: Shopper[] = [];
beforeAll(async () => {
  shop = await shopOfRun();
}, 240_000);
afterAll(() => Promise.all(opened.map((shopper) => shopper.close())));

const password = 'correct horse battery staple';
const ORIGIN = 'http://localhost:3000';

interface Answer {
  readonly status: number;
  readonly data: Record<string, Record<string, unknown> | null> | null;
  readonly codes: string[];
}

/** A page and its browser: it keeps the cookies, and no script of the page ever has a token. */
function browser() {
  const cookies = new Map<string, string>();
  const bodies: string[] = [];
  return {
    cookies,
    bodies,
    async send(operation: string, variables: object = {}): Promise<Answer> {
      const response = await fetch(shop.urls.graphql as string, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          origin: ORIGIN,
          'x-souk-session': 'cookie',
          ...(cookies.size > 0 && { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
        },
        body: JSON.stringify({ query: operationText(operation), variables }),
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = '', maxAge] = /^([^=]+)=([^;]*); Max-Age=(\d+); /.exec(cookie) ?? [];
        if (maxAge === '0') cookies.delete(name);
        else cookies.set(name, value);
      }
      const text = await response.text();
      bodies.push(text);
      const { data = null, errors = [] } = JSON.parse(text);
      const refusals = Object.values((data ?? {}) as Record<string, { userErrors?: { code: string }[] } | null>);
      return {
        status: response.status,
        data,
        codes: [
          ...errors.map((error: { extensions: { code: string } }) => error.extensions.code),
          ...refusals.flatMap((payload) => payload?.userErrors ?? []).map(({ code }) => code),
        ],
      };
    },
  };
}
async function confirmationToken(email: string): Promise<string> {
  return eventually(
    async () => {
      const mails = (await mailsTo(shop, email)) as { subject: string; text?: string }[];
      const mail = mails.find(({ subject }) => subject.startsWith('Welcome'));
      return /(?:token=|[Cc]ode: )([\w-]{20,})/.exec(mail?.text ?? '')?.[1] ?? false;
    },
    { timeoutMs: 20_000 },
  );
}

test('a guest buys, registers, confirms in a browser, claims the order, refreshes and signs out; no token is ever in a body', async () => {
  const staff = await signedIn(shop, 'staff');
  const guest = createShopper(shop.urls.graphql as string);
  opened.push(staff, guest);
  const { variantId } = await createProduct(staff, { onHand: 5 });
  const email = uniqueEmail('Claimer');
  const bought = await purchase(guest, shop.urls.standIns as string, {
    lines: [{ variantId, quantity: 1 }],
    email: email.toUpperCase(),
  });

  const page = browser();
  await page.send('AccountRegister', { input: { email, password } });
  await page.send('SessionCreate', { email, password });
  expect([...page.cookies.keys()]).toEqual(['souk-access', 'souk-refresh']);
  expect((await page.send('GuestOrdersClaim')).codes).toEqual(['EMAIL_NOT_VERIFIED']);
  expect((await guest.send<{ order: object }>('OrderStatus', { id: bought.orderId })).data.order).not.toBeNull();

  const before = new Map(page.cookies);
  const confirmed = await page.send('AccountConfirm', { token: await confirmationToken(email) });
  expect(confirmed.data?.accountConfirm).toMatchObject({ accessToken: null, refreshToken: null, userErrors: [] });
  expect(page.cookies.get('souk-refresh')).not.toBe(before.get('souk-refresh'));
  const claims = await Promise.all([page.send('GuestOrdersClaim'), page.send('GuestOrdersClaim')]);
  expect(claims.map(({ data }) => data?.guestOrdersClaim?.claimedCount).sort()).toEqual([0, 1]);
  const history = JSON.stringify((await page.send('OrderHistory', { first: 10 })).data);
  expect(history).toContain(bought.orderId);
  expect((await guest.send<{ order: unknown }>('OrderStatus', { id: bought.orderId })).data.order).toBeNull();
  await eventually(async () => {
    const asked = await fetch(shop.urls.graphql as string, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ payment(id: "ID") { id } }'.replace('ID', bought.paymentId) }),
    });
    expect(await asked.json()).toMatchObject({ data: { payment: null } });
  });

  // The access cookie runs out: the browser forgets it, the page is told to refresh, and not taken for a guest's.
  const access = page.cookies.get('souk-access');
  page.cookies.delete('souk-access');
  expect(await page.send('Me')).toMatchObject({ status: 401, codes: ['UNAUTHENTICATED'] });
  expect((await page.send('SessionRefresh')).codes).toEqual([]);
  expect(page.cookies.get('souk-access')).not.toBe(access);
  expect((await page.send('Me')).data?.me).toMatchObject({ email, emailVerified: true });

  const stolen = new Map(page.cookies);
  await page.send('SessionRevoke', { id: null });
  expect(page.cookies.size).toBe(0);
  expect((await page.send('Me')).data?.me).toBeNull();

  const thief = browser();
  for (const [name, value] of stolen) thief.cookies.set(name, value);
  await eventually(async () => expect((await thief.send('Me')).status).toBe(401));
  expect((await thief.send('SessionRefresh')).codes).toEqual(['TOKEN_INVALID']);
  expect(thief.cookies.size).toBe(0);

  const tokens = [...before.values(), ...stolen.values()];
  for (const body of page.bodies) for (const token of tokens) expect(body).not.toContain(token);
}, 120_000);

test('an order that was placed with the address of somebody else is not claimed by who merely knows the address', async () => {
  const staff = await signedIn(shop, 'staff');
  const guest = createShopper(shop.urls.graphql as string);
  opened.push(staff, guest);
  const { variantId } = await createProduct(staff, { onHand: 5 });
  const bought = await purchase(guest, shop.urls.standIns as string, {
    lines: [{ variantId, quantity: 1 }],
    email: uniqueEmail('victim'),
  });
  const page = browser();
  const own = uniqueEmail('attacker');
  await page.send('AccountRegister', { input: { email: own, password } });
  await page.send('AccountConfirm', { token: await confirmationToken(own) });
  const claim = await page.send('GuestOrdersClaim', { email: bought.number, id: randomUUID() });
  expect(claim.data?.guestOrdersClaim).toMatchObject({ claimedCount: 0, orders: [], userErrors: [] });
  expect((await guest.send<{ order: object }>('OrderStatus', { id: bought.orderId })).data.order).not.toBeNull();
}, 120_000);
