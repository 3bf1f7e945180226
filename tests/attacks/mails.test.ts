import { randomUUID } from 'node:crypto';
import { eventually } from '@souk/testkit';
import { createShopper, EXAMPLE_ADDRESS, payAtProvider, placeOrder, type Shopper } from '../../local/src/shopper.js';
import { type Created, createProduct, type Shop, shopOfRun, signedIn, uniqueEmail } from '../e2e/shop.js';
import { codesOf, PASSWORD, post } from './attackShop.js';

interface Mail {
  readonly subject: string;
  readonly to: readonly { email: string; name: string | null }[];
  readonly cc: readonly unknown[];
  readonly bcc: readonly unknown[];
  readonly from: { email: string };
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly html: string;
  readonly categories: readonly string[];
}

let shop: Shop;
let staff: Shopper;
let guest: Shopper;
let product: Created;
const TAG = `t${randomUUID().slice(0, 8)}`;
const HTML_NAME = `<img src=x onerror=${TAG}()>"'&`;
const PRODUCT_NAME = `Lamp </td><script>${TAG}()</script>`;

beforeAll(async () => {
  shop = await shopOfRun();
  staff = await signedIn(shop, 'staff');
  guest = createShopper(shop.urls.graphql as string);
  product = await createProduct(staff, { onHand: 5, name: PRODUCT_NAME });
}, 240_000);
afterAll(async () => {
  await Promise.all([staff?.close(), guest?.close()]);
});

/** The mails to an address, once there are so many of them. */
const mailsTo = (email: string, atLeast: number) =>
  eventually(
    async () => {
      const answer = await fetch(`${shop.urls.standIns}/control/mail?bodies=true&to=${encodeURIComponent(email)}`);
      const { mails } = (await answer.json()) as { mails: Mail[] };
      if (mails.length < atLeast) throw new Error(`${mails.length} mails`);
      return mails;
    },
    { timeoutMs: 15_000 },
  );

function expectHarmless(mail: Mail, email: string): void {
  expect(mail.to.map((one) => one.email)).toEqual([email]);
  expect([mail.cc, mail.bcc]).toEqual([[], []]);
  expect(mail.from.email).toBe('orders@souk.example');
  expect(Object.keys(mail.headers)).toEqual(['X-Souk-Event']);
  expect(mail.subject).not.toMatch(/[\r\n\p{Cc}]/u);
  // Everything of the attacker's stands there as text, if at all: no tag and no attribute of his.
  expect(mail.html).not.toMatch(new RegExp(`<(img|script|a|svg)[^>]*${TAG}`, 'i'));
  expect(mail.html).not.toMatch(/<script|onerror=[^&]*[^;]>|javascript:/i);
}

test.each(['Eve\r\nBcc: all@shop.example', 'Eve\nSubject: You won', 'Eve\u2028line', 'Eve\u0000', 'Eve\u001b[31m'])(
  'a first name with a line break or control character (%j) is refused, in registration and in profile',
  async (firstName) => {
    const email = uniqueEmail('crlf');
    const query =
      'mutation R($input: AccountRegisterInput!) { accountRegister(input: $input) { user { id } userErrors { code } } }';
    const answer = await post(shop.urls.graphql as string, {
      query,
      variables: { input: { email, password: PASSWORD, firstName } },
    });
    expect(codesOf(answer)).toEqual([firstName.includes('\0') ? 'BAD_USER_INPUT' : 'INVALID']);
    const address = { ...EXAMPLE_ADDRESS, fullName: firstName };
    await expect(guest.send('CartCreate', { input: { email, shippingAddress: address } })).rejects.toMatchObject({
      name: 'Refused',
    });
  },
);

test('HTML in a name that reaches a welcome mail is shown as text', async () => {
  const email = uniqueEmail('html');
  await guest.send('AccountRegister', { input: { email, password: PASSWORD, firstName: HTML_NAME } });
  const [mail] = await mailsTo(email, 1);
  expectHarmless(mail as Mail, email);
  expect(mail?.html).toContain(`&lt;img src=x onerror=${TAG}()&gt;&quot;&#39;&amp;`);
});

test('HTML in the names of a buyer and of a product that reach the mails of an order is shown as text', async () => {
  const email = uniqueEmail('html');
  interface Made {
    cartCreate: {
      cart: { id: string; version: number; cost: { total: { centAmount: number; currencyCode: string } } };
    };
  }
  const made = await guest.send<Made>('CartCreate', {
    input: {
      email,
      countryCode: 'DE',
      lines: [{ variantId: product.variantId, quantity: 1 }],
      shippingAddress: { ...EXAMPLE_ADDRESS, fullName: HTML_NAME, city: HTML_NAME, company: `=cmd|' /C calc'!A0` },
      shippingMethodId: 'standard',
    },
  });
  const placed = await placeOrder(guest, made.data.cartCreate.cart);
  const orderId = placed.data.orderPlace.order.id;
  const session = await guest.send<{ paymentSessionCreate: { payment: { providerReference: string } } }>(
    'PaymentSessionCreate',
    {
      input: { orderId, provider: 'stripe', idempotencyKey: randomUUID() },
    },
  );
  await payAtProvider(shop.urls.standIns as string, session.data.paymentSessionCreate.payment.providerReference);
  const mails = await mailsTo(email, 2);
  expect(mails.length).toBeGreaterThanOrEqual(2);
  for (const mail of mails) expectHarmless(mail, email);
  expect(mails.some(({ html }) => html.includes(`Lamp &lt;/td&gt;&lt;script&gt;${TAG}()`))).toBe(true);
}, 40_000);
