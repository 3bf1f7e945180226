import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { operationText } from '../../local/src/shopper.js';
import { type Shop, shopOfRun } from '../e2e/shop.js';

let shop: Shop;
let browser: Browser;
/** A frontend of its own: another origin than the gateway's. */
let frontend: Server;

beforeAll(async () => {
  shop = await shopOfRun();
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  frontend = createServer((_request, answer) => {
    answer.setHeader('content-type', 'text/html').end('<title>A shop</title>');
  });
  await new Promise<void>((resolve) => frontend.listen(0, '127.0.0.1', resolve));
}, 240_000);
afterAll(async () => {
  await browser?.close();
  frontend?.close();
});

const pageAt = (host: string) => `http://${host}:${(frontend.address() as AddressInfo).port}/`;
const hostOfShop = () => new URL(shop.urls.graphql as string).hostname;
type Sent = [status: number, body: string];

/** What a page's own script does. */
const send = (page: Page, operation: string, variables: object, headers: Record<string, string>): Promise<Sent> =>
  page.evaluate(
    async ([url, query, given, more]) => {
      const answer = await fetch(url as string, {
        method: 'POST',
        credentials: 'include',
        headers: { 'content-type': 'application/json', ...(more as Record<string, string>) },
        body: JSON.stringify({ query, variables: given }),
      });
      return [answer.status, await answer.text()] as Sent;
    },
    [shop.urls.graphql as string, operationText(operation), variables, headers] as const,
  );
const BY_COOKIE = { 'x-souk-session': 'cookie' };

test('a real browser keeps the session in cookies that the page cannot read, refreshes and ends it', async () => {
  const { email, password } = shop.accounts.find(({ role }) => role === 'customer') as Shop['accounts'][number];
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(pageAt(hostOfShop()));

  const [status, body] = await send(page, 'SessionCreate', { email, password }, BY_COOKIE);
  expect([status, JSON.parse(body).data.sessionCreate]).toMatchObject([
    200,
    { accessToken: null, refreshToken: null, user: { email } },
  ]);
  const cookies = await context.cookies();
  expect(cookies.map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }))).toEqual([
    { name: 'souk-access', httpOnly: true, sameSite: 'Strict' },
    { name: 'souk-refresh', httpOnly: true, sameSite: 'Strict' },
  ]);
  expect(await page.evaluate('document.cookie')).toBe('');

  const me = async (headers: Record<string, string>) =>
    JSON.parse((await send(page, 'Me', {}, headers))[1]).data?.me?.email ?? null;
  expect(await me(BY_COOKIE)).toBe(email);
  expect(await me({})).toBeNull(); // the browser sends the cookies, and the gateway does not look at them

  await context.clearCookies({ name: 'souk-access' });
  expect((await send(page, 'Me', {}, BY_COOKIE))[0]).toBe(401);
  await send(page, 'SessionRefresh', {}, BY_COOKIE);
  expect(await me(BY_COOKIE)).toBe(email);

  await send(page, 'SessionRevoke', {}, BY_COOKIE);
  expect(await context.cookies()).toEqual([]);
  expect(await me(BY_COOKIE)).toBeNull();
  await context.close();
});

test('a page of another site gets no session: it is told so, and no cookie is set', async () => {
  const { email, password } = shop.accounts.find(({ role }) => role === 'customer') as Shop['accounts'][number];
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(pageAt(hostOfShop() === 'localhost' ? '127.0.0.1' : 'localhost')); // two sites for a browser
  const [status, body] = await send(page, 'SessionCreate', { email, password }, BY_COOKIE);
  expect([status, JSON.parse(body).errors[0].extensions.code]).toEqual([403, 'FORBIDDEN']);
  expect(await context.cookies()).toEqual([]);
  await context.close();
});
