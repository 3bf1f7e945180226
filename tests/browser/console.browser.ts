import { type Browser, chromium, type Page } from 'playwright-core';
import { createShopper } from '../../local/src/shopper.js';
import { codeOf } from '../../subgraphs/user/src/testing/authenticator.js';
import { type Shop, shopOfRun, uniqueEmail } from '../e2e/shop.js';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

let shop: Shop;
let browser: Browser;
let page: Page;
/** What must stay empty: errors of the page, and requests to anywhere but the gateway. */
let faults: string[];

beforeAll(async () => {
  shop = await shopOfRun();
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ARGUMENTS,
  });
}, 240_000);
afterAll(() => browser?.close());

beforeEach(async () => {
  const gateway = shop.urls.gateway as string;
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Refused to/.test(message.text()))
      faults.push(message.text());
  });
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && !request.url().startsWith(gateway)) faults.push(`asked for ${request.url()}`);
  });
  await page.goto(`${gateway}/console`);
  await page.getByRole('button', { name: 'ProductListing' }).waitFor();
  await page.locator('.monaco-editor .view-line').first().waitFor();
});
afterEach(async () => {
  await page.close();
  expect(faults).toEqual([]);
});

/** Opens an operation of the sidebar, as soon as its variables are filled in, runs it, and gives its answer. */
async function run(operation: string) {
  await page.getByRole('button', { name: new RegExp(` ${operation}$`) }).click();
  await page.locator('.graphiql-tab-active', { hasText: operation }).waitFor();
  return execute();
}

async function execute() {
  const answered = page.waitForResponse(
    (response) => response.url().endsWith('/graphql') && !(response.request().postData() ?? '').includes('Console'),
  );
  await page.getByRole('button', { name: /^Execute query/ }).click();
  const response = await answered;
  return {
    status: response.status(),
    ...((await response.json()) as { data: Record<string, never>; errors?: unknown[] }),
  };
}

const signInAs = async (role: string) => {
  await page.getByRole('button', { name: role, exact: true }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).waitFor();
};

test('a shopper buys from the console: each operation is filled in from the answers before it', async () => {
  const listing = await run('ProductListing');
  expect(listing.errors).toBeUndefined();
  expect(listing.data).toMatchObject({ products: { nodes: expect.any(Array) } });

  expect(await run('CartCreate')).toMatchObject({ status: 200, data: { cartCreate: { userErrors: [] } } });
  const placed = await run('OrderPlace');
  expect(placed).toMatchObject({
    data: { orderPlace: { order: { status: 'PENDING_PAYMENT' }, replayed: false, userErrors: [] } },
  });
  expect(await run('PaymentSessionCreate')).toMatchObject({
    data: { paymentSessionCreate: { clientSecret: expect.any(String), userErrors: [] } },
  });
  expect(await run('Order')).toMatchObject({
    data: { order: { status: 'PENDING_PAYMENT', allowedActions: ['PAY', 'CANCEL', 'CANCEL_LINES'] } },
  });
});

test('staff sign in with one click, see their rights, and change the stock', async () => {
  await signInAs('staff');
  await page.locator('.souk-chip', { hasText: 'staff' }).waitFor();
  await page.getByText(/^\d+ scopes$/).click();
  await page.getByText('inventory:write').waitFor();

  const adjusted = await run('InventoryAdjust');
  expect(adjusted).toMatchObject({
    data: { inventoryAdjust: { variant: { inventory: { onHand: expect.any(Number) } }, userErrors: [] } },
  });
  expect(await run('ProductCreate')).toMatchObject({
    data: { productCreate: { product: { status: 'DRAFT' }, userErrors: [] } },
  });
  expect((await run('Orders')).errors).toBeUndefined();
});

test('signing in by hand: a wrong password is told, the session outlives a reload and ends with signing out', async () => {
  const customer = shop.accounts.find(({ role }) => role === 'customer');
  await page.getByLabel('E-mail').fill(customer?.email ?? '');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.locator('.souk-problem').waitFor();

  await page.getByLabel('Password').fill(customer?.password ?? '');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText(customer?.email ?? '').waitFor();
  expect(await run('OrderHistory')).toMatchObject({ data: { me: { orders: { nodes: expect.any(Array) } } } });

  await page.reload();
  await page.getByText(customer?.email ?? '').waitFor();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  expect(await run('Me')).toMatchObject({ data: { me: null } });
});

test('signing in with a second factor: the code is asked for after the password, a wrong one is told', async () => {
  const account = { email: uniqueEmail('two-step'), password: 'correct horse battery staple' };
  const shopper = createShopper(shop.urls.graphql as string);
  await shopper.send('AccountRegister', { input: account });
  const session = await shopper.send<{ sessionCreate: { accessToken: string } }>('SessionCreate', account);
  shopper.setToken(session.data.sessionCreate.accessToken);
  const { password } = account;
  const enrolled = await shopper.send<{ secondFactorEnroll: { uri: string } }>('SecondFactorEnroll', { password });
  const { uri } = enrolled.data.secondFactorEnroll;
  await shopper.send('SecondFactorConfirm', { code: codeOf(uri) });
  await shopper.close();

  await page.getByLabel('E-mail').fill(account.email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  const code = page.getByLabel('Code of your app, or a recovery code');
  await code.fill(codeOf(uri, -10));
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.locator('.souk-problem').waitFor();
  await code.fill(codeOf(uri, 1));
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText(account.email).waitFor();
  expect(await run('Sessions')).toMatchObject({ data: { me: { secondFactor: { isEnabled: true } } } });
});

test('what is not known yet is named instead of being sent', async () => {
  await page.getByRole('button', { name: / OrderPlace$/ }).click();
  await page.getByText(/^Not known yet: cart\.id/).waitFor();
});

test('the list of operations can be searched', async () => {
  await page.getByLabel('Find an operation').fill('refundcr');
  expect(await page.locator('.souk-operations li').count()).toBe(1);
  await page.getByRole('button', { name: / RefundCreate$/ }).waitFor();
});
