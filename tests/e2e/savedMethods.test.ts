import { randomUUID } from 'node:crypto';
import { eventually } from '@souk/testkit';
import { createShopper, fillCart, payAtProvider, placeOrder, type Shopper } from '../../local/src/shopper.js';
import { createProduct, type Shop, shopOfRun, signedIn, uniqueEmail } from './shop.js';

let shop: Shop;
let staff: Shopper;
let customer: Shopper;
const password = 'correct horse battery staple';

beforeAll(async () => {
  shop = await shopOfRun();
  staff = await signedIn(shop, 'staff');
  customer = await newCustomer();
}, 120_000);
afterAll(async () => {
  await Promise.all([staff?.close(), customer?.close()]);
});

async function newCustomer(): Promise<Shopper> {
  const email = uniqueEmail('saver');
  const shopper = createShopper(shop.urls.graphql as string);
  await shopper.send('AccountRegister', { input: { email, password } });
  interface Session {
    sessionCreate: { accessToken: string };
  }
  const { data } = await shopper.send<Session>('SessionCreate', { email, password });
  shopper.setToken(data.sessionCreate.accessToken);
  return shopper;
}

interface Method {
  id: string;
  brand: string;
  last4: string;
  isDefault: boolean;
}
const methodsOf = async (shopper: Shopper): Promise<Method[]> =>
  (await shopper.send<{ me: { paymentMethods: Method[] } }>('PaymentMethods')).data.me.paymentMethods;

async function placedOrder(shopper: Shopper): Promise<string> {
  const product = await createProduct(staff, { onHand: 5 });
  const lines = [{ variantId: product.variantId, quantity: 1 }];
  const { cart } = await fillCart(shopper, { lines, email: uniqueEmail() });
  return (await placeOrder(shopper, cart)).data.orderPlace.order.id;
}

/** Opens the payment of an order; the intent's reference at the provider. */
async function sessionOf(shopper: Shopper, orderId: string, more: object): Promise<string> {
  interface Session {
    paymentSessionCreate: { payment: { providerReference: string } };
  }
  const input = { orderId, idempotencyKey: randomUUID(), ...more };
  const { data } = await shopper.send<Session>('PaymentSessionCreate', { input });
  return data.paymentSessionCreate.payment.providerReference;
}

const confirmed = (orderId: string) =>
  eventually(async () => {
    const { data } = await customer.send<{ order: { status: string } }>('OrderStatus', { id: orderId });
    expect(data.order.status).toBe('CONFIRMED');
  });

/** The customer confirms with the saved method that the intent has: he names no card. */
async function payWithSaved(intentId: string): Promise<void> {
  const response = await fetch(`${shop.urls.standIns}/control/payment_intents/${intentId}/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect(response.status).toBe(200);
}

test('a customer saves a card with one purchase, pays the next one with it, and removes it', async () => {
  expect(await methodsOf(customer)).toEqual([]);
  const first = await placedOrder(customer);
  const intent = await sessionOf(customer, first, { savePaymentMethod: true });
  await payAtProvider(shop.urls.standIns as string, intent, 'pm_card_mastercard');
  await confirmed(first);
  const saved = await eventually(async () => {
    const [method] = await methodsOf(customer);
    return method ?? false;
  });
  expect(saved).toMatchObject({ brand: 'mastercard', last4: '4444', isDefault: true });

  const second = await placedOrder(customer);
  await payWithSaved(await sessionOf(customer, second, { paymentMethodId: saved.id }));
  await confirmed(second);

  const stranger = await newCustomer();
  expect(await methodsOf(stranger)).toEqual([]);
  await expect(stranger.send('PaymentMethodDelete', { id: saved.id })).rejects.toMatchObject({
    errors: [{ code: 'NOT_FOUND' }],
  });
  await expect(sessionOf(stranger, await placedOrder(stranger), { paymentMethodId: saved.id })).rejects.toMatchObject({
    errors: [{ code: 'NOT_FOUND' }],
  });
  await stranger.close();

  await customer.send('PaymentMethodDelete', { id: saved.id });
  expect(await methodsOf(customer)).toEqual([]);
});
