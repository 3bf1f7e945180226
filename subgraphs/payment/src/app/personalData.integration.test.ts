import { events, newEvent } from '@souk/events';
import { newId } from '@souk/runtime';
import { type PaymentHarness, paymentHarness, user } from '../testing/harness.js';
import type { MethodSnapshot } from './ports.js';

let h: PaymentHarness;
beforeAll(async () => {
  h = await paymentHarness();
});
afterAll(() => h.close());

let people = 0;
const someone = () => {
  people += 1;
  return user(`usr_${String(people).padStart(26, '0')}`);
};
type User = ReturnType<typeof someone>;
const idOf = (viewer: User): string => (viewer.kind === 'user' ? viewer.userId : '');
const card = (): MethodSnapshot => ({
  reference: `pm_${newId('req')}`,
  brand: 'visa',
  last4: '4242',
  expMonth: 12,
  expYear: 2034,
  removed: false,
});
const ask = (viewer: User) =>
  newEvent(events.accountErasureRequested, {
    aggregateId: idOf(viewer),
    sequence: 1,
    data: { userId: idOf(viewer), erasureId: newId('ers') },
  });
const acknowledged = (viewer: User) => h.events(idOf(viewer));
const listOf = async (viewer: User) => (await h.app.findMethods(viewer, [idOf(viewer)]))[0] ?? [];

/** Somebody who pays, saves the method, and has a card at the provider. */
async function withCard() {
  const viewer = someone();
  const order = h.order({ customerId: idOf(viewer) });
  const result = await h.session(order.id, viewer, newId('req'), { savePaymentMethod: true });
  if (!result.ok) throw new Error(result.errors[0]?.code);
  const customer = String(result.payment.customerReference);
  const method = card();
  h.stripe.methods.set(customer, [method]);
  await h.methods.save('stripe', customer, [method], new Date());
  expect(await listOf(viewer)).toHaveLength(1);
  return { viewer, order, customer, method };
}

test('saved methods go here and at the provider, then it is acknowledged', async () => {
  const { viewer, customer } = await withCard();
  await h.app.eraseCustomer(ask(viewer));
  expect(await listOf(viewer)).toEqual([]);
  expect(h.stripe.methods.get(customer)).toEqual([]);
  expect(await acknowledged(viewer)).toEqual(['account.erased']);
  expect(await h.methods.customerOf(idOf(viewer), 'stripe')).toBeUndefined();
});

test('while the provider does not answer nothing is acknowledged; it is when it does', async () => {
  const { viewer, customer, method } = await withCard();
  const told = ask(viewer);
  h.stripe.fail('removeMethod', 'before');
  await expect(h.app.eraseCustomer(told)).rejects.toThrow('still to be removed');
  expect(await listOf(viewer)).toEqual([]);
  expect(h.stripe.methods.get(customer)).toEqual([method]);
  expect(await acknowledged(viewer)).toEqual([]);
  await h.makeDue();
  await h.app.eraseCustomer(told);
  expect(h.stripe.methods.get(customer)).toEqual([]);
  await h.app.eraseCustomer(told);
  expect(await acknowledged(viewer)).toEqual(['account.erased']);
});

test('what the provider tells late brings no card back, neither one that was saved nor a new one', async () => {
  const { viewer, customer, method } = await withCard();
  await h.app.eraseCustomer(ask(viewer));
  const later = new Date(Date.now() + 60_000);
  expect(await h.methods.save('stripe', customer, [method, card()], later)).toBe(false);
  await h.methods.save('stripe', null, [{ ...method, removed: true }], later);
  expect(await listOf(viewer)).toEqual([]);
  const part = await exported(viewer);
  expect(part.savedMethods).toMatchObject([{ brand: null, last4: null, expYear: null }]);
});

test('a payment that is under way saves no method any more', async () => {
  const { viewer, order } = await withCard();
  expect((await h.payment(order.id))?.saveMethod).toBe(true);
  await h.app.eraseCustomer(ask(viewer));
  expect((await h.payment(order.id))?.saveMethod).toBe(false);
});

interface Part {
  readonly payments: { readonly id: string; readonly documents: unknown }[];
  readonly savedMethods: { readonly last4: string | null }[];
}
async function exported(viewer: User): Promise<Part> {
  await h.app.exportPersonalData(
    newEvent(events.accountExportRequested, {
      aggregateId: idOf(viewer),
      sequence: 1,
      data: { userId: idOf(viewer), exportId: newId('exp') },
    }),
  );
  return h.state.exported.at(-1) as Part;
}

test('hands over the payments and methods of the customer, and none of others', async () => {
  const [{ viewer, order }] = [await withCard(), await withCard()];
  const part = await exported(viewer);
  expect(part.payments.map(({ id }) => id)).toEqual([(await h.payment(order.id))?.id]);
  expect(part.savedMethods.map(({ last4 }) => last4)).toEqual(['4242']);
});
