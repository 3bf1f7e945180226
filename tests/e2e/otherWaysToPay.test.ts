import { randomUUID } from 'node:crypto';
import { eventually } from '@souk/testkit';
import { createShopper, fillCart, placeOrder, Refused, type Shopper } from '../../local/src/shopper.js';
import { createProduct, mailsTo, type Shop, shopOfRun, signedIn, uniqueEmail } from './shop.js';

let shop: Shop;
let staff: Shopper;
let guest: Shopper;
let variantId: string;
beforeAll(async () => {
  shop = await shopOfRun();
  staff = await signedIn(shop, 'staff');
  guest = createShopper(shop.urls.graphql as string);
  ({ variantId } = await createProduct(staff, { onHand: 100, name: 'Other ways to pay' }));
}, 120_000);
afterAll(() => Promise.all([staff?.close(), guest?.close()]));

interface Session {
  paymentSessionCreate: {
    payment: {
      id: string;
      state: string;
      amount: Money;
      providerReference: string;
      bankTransfer: { iban: string; reference: string; amount: Money; dueAt: string } | null;
    };
    redirectUrl: string | null;
  };
}
interface Money {
  centAmount: number;
  currencyCode: string;
}

async function placed(email = uniqueEmail()) {
  const { cart } = await fillCart(guest, { lines: [{ variantId, quantity: 1 }], email });
  return { ...(await placeOrder(guest, cart)).data.orderPlace.order, email };
}
const open = async (orderId: string, provider: string, more: object = {}) =>
  (
    await guest.send<Session>('PaymentSessionCreate', {
      input: { orderId, provider, idempotencyKey: randomUUID(), ...more },
    })
  ).data.paymentSessionCreate;
const confirm = (paymentId: string) =>
  guest.send<{ paymentSessionConfirm: { payment: { state: string } } }>('PaymentSessionConfirm', { paymentId });
const statusOf = async (id: string) =>
  (await guest.send<{ order: { status: string } }>('OrderStatus', { id })).data.order.status;
const untilStatus = (id: string, status: string) =>
  eventually(async () => expect(await statusOf(id)).toBe(status), { timeoutMs: 20_000 });
const refusalOf = (sending: Promise<unknown>) =>
  sending.then(
    () => [],
    (error: unknown) => (error instanceof Refused ? error.errors.map(({ code }) => code) : [String(error)]),
  );

async function control(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${shop.urls.standIns}/control${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}
const approve = (reference: string) => control('POST', `/paypal/orders/${reference}/approve`);
interface PaypalOrder {
  order: { purchase_units: { payments?: { captures?: { amount: { value: string } }[] } }[] };
}
const capturesOf = async (reference: string) =>
  ((await control('GET', `/paypal/orders/${reference}`)) as unknown as PaypalOrder).order.purchase_units[0]?.payments
    ?.captures ?? [];
const ownPage = () => `${shop.env.PUBLIC_URL}/paid`;

test('the shop says which ways to pay it has, by currency and country', async () => {
  const offered = async (countryCode: string) =>
    (
      await guest.send<{ paymentProviders: { code: string; recordedByStaff: boolean }[] }>('PaymentProviders', {
        currencyCode: 'EUR',
        countryCode,
      })
    ).data.paymentProviders.map(({ code }) => code);
  expect(await offered('DE')).toEqual(['stripe', 'paypal', 'bank_transfer', 'cash_on_delivery']);
  expect(await offered('US')).toEqual(['stripe', 'paypal', 'bank_transfer']);
});

describe('PayPal', () => {
  test('approved on its pages, confirmed by its webhook, which comes four times: paid once, told once', async () => {
    const order = await placed();
    const { payment, redirectUrl } = await open(order.id, 'paypal', { returnUrl: ownPage() });
    expect(redirectUrl).toContain(`token=${payment.providerReference}`);
    await approve(payment.providerReference);
    const { events } = (await control('GET', `/events?about=${payment.providerReference}`)) as unknown as {
      events: { id: string }[];
    };
    await Promise.all(events.map(({ id }) => control('POST', `/events/${id}/deliver`, { times: 3 })));
    await untilStatus(order.id, 'CONFIRMED');
    expect(await capturesOf(payment.providerReference)).toHaveLength(1);
    await eventually(async () => {
      const confirmations = (await mailsTo(shop, order.email)).filter(({ categories }) =>
        categories.includes('order.confirmed'),
      );
      expect(confirmations).toHaveLength(1);
    });
  });

  test('no webhook comes, and the answer to the capture is lost: the customer who returns has paid once', async () => {
    const order = await placed();
    const { payment } = await open(order.id, 'paypal', { returnUrl: ownPage() });
    const path = `/v2/checkout/orders/${payment.providerReference}/capture`;
    await control('POST', '/faults', { provider: 'paypal', kind: 'close', when: 'after', path });
    await control('PUT', '/webhooks', { paused: true });
    try {
      await approve(payment.providerReference);
      expect(await refusalOf(confirm(payment.id))).toEqual(['PROVIDER_UNAVAILABLE']);
      expect((await confirm(payment.id)).data.paymentSessionConfirm.payment.state).toBe('CAPTURED');
    } finally {
      await control('PUT', '/webhooks', { paused: false });
    }
    await untilStatus(order.id, 'CONFIRMED');
    expect(await capturesOf(payment.providerReference)).toMatchObject([
      { amount: { value: (payment.amount.centAmount / 100).toFixed(2) } },
    ]);
  });

  test('customers are sent back to pages of this shop only', async () => {
    const order = await placed();
    expect(await refusalOf(open(order.id, 'paypal', { returnUrl: 'https://evil.example/' }))).toEqual(['INVALID']);
  });

  test('who changes his mind pays by card: what he opened at PayPal is never captured', async () => {
    const order = await placed();
    const { payment: first } = await open(order.id, 'paypal', { returnUrl: ownPage() });
    const { payment: second } = await open(order.id, 'stripe');
    await approve(first.providerReference);
    await control('POST', `/payment_intents/${second.providerReference}/pay`, { payment_method: 'pm_card_visa' });
    await untilStatus(order.id, 'CONFIRMED');
    expect(await capturesOf(first.providerReference)).toEqual([]);
  });
});

describe('a bank transfer', () => {
  const record = (paymentId: string, amount: Money, more: object = {}) =>
    staff.send('PaymentRecord', {
      input: { paymentId, amount, reference: 'Statement 2026-11', idempotencyKey: randomUUID(), ...more },
    });

  test('tells where to transfer, waits for days, and confirms the order when staff record the money', async () => {
    const order = await placed();
    const { payment } = await open(order.id, 'bank_transfer');
    expect(payment).toMatchObject({
      state: 'PROCESSING',
      bankTransfer: { iban: 'DE02120300000000202051', reference: order.number, amount: payment.amount },
    });
    const daysLeft = (Date.parse(payment.bankTransfer?.dueAt ?? '') - Date.now()) / 86_400_000;
    expect(daysLeft).toBeGreaterThan(13.9);
    const { centAmount, currencyCode } = payment.amount;
    const tooLittle = { centAmount: centAmount - 1, currencyCode };
    expect(await refusalOf(record(payment.id, tooLittle))).toEqual(['AMOUNT_MISMATCH']);
    expect(await statusOf(order.id)).toBe('PENDING_PAYMENT');
    await record(payment.id, { centAmount, currencyCode });
    await untilStatus(order.id, 'CONFIRMED');
  });

  test('is recorded by staff only', async () => {
    const order = await placed();
    const { payment } = await open(order.id, 'bank_transfer');
    const { centAmount, currencyCode } = payment.amount;
    const input = {
      paymentId: payment.id,
      amount: { centAmount, currencyCode },
      reference: 'mine',
      idempotencyKey: randomUUID(),
    };
    expect(await refusalOf(guest.send('PaymentRecord', { input }))).toEqual(['UNAUTHENTICATED']);
    const customer = await signedIn(shop, 'customer');
    expect(await refusalOf(customer.send('PaymentRecord', { input }))).toEqual(['FORBIDDEN']);
    await customer.close();
    expect(await statusOf(order.id)).toBe('PENDING_PAYMENT');
  });
});

describe('cash on delivery', () => {
  test('confirms the order at once, and is paid when staff record the cash', async () => {
    const order = await placed();
    const { payment } = await open(order.id, 'cash_on_delivery');
    expect(payment.state).toBe('AUTHORIZED');
    await untilStatus(order.id, 'CONFIRMED');
    const { centAmount, currencyCode } = payment.amount;
    const recorded = await staff.send<{ paymentRecord: { payment: { state: string } } }>('PaymentRecord', {
      input: {
        paymentId: payment.id,
        amount: { centAmount, currencyCode },
        reference: 'Till 3',
        idempotencyKey: randomUUID(),
      },
    });
    expect(recorded.data.paymentRecord.payment.state).toBe('CAPTURED');
    expect(await statusOf(order.id)).toBe('CONFIRMED');
  });
});
