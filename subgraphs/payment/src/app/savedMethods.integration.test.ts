import { newId } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import { GUEST, type PaymentHarness, paymentHarness, STAFF, user } from '../testing/harness.js';
import type { MethodSnapshot } from './ports.js';

let h: PaymentHarness;
beforeAll(async () => {
  h = await paymentHarness();
});
afterAll(() => h.close());

/** As Stripe dates an event: whole seconds. */
const ATTACHED_AT = Date.UTC(2026, 10, 22);

let count = 0;
const someone = () => user(`usr_${++count}`);
const card = (parts: Partial<MethodSnapshot> = {}): MethodSnapshot => ({
  reference: `pm_${newId('req')}`,
  brand: 'visa',
  last4: '4242',
  expMonth: 12,
  expYear: 2034,
  removed: false,
  ...parts,
});
const tell = (notice: object) => {
  const rawBody = Buffer.from(JSON.stringify({ id: `evt_${newId('req')}`, notice }));
  return h.app.receiveWebhook('stripe', { rawBody, headers: { signature: 'signed' } });
};
type User = ReturnType<typeof someone>;
const idOf = (viewer: User): string => (viewer.kind === 'user' ? viewer.userId : '');
const listOf = async (viewer: User) => (await h.app.findMethods(viewer, [idOf(viewer)]))[0] ?? [];
const sessionOf = (viewer: User, more: object) =>
  h.session(h.order({ customerId: idOf(viewer) }).id, viewer, newId('req'), more);

/** A customer who has paid, and saved what he paid with; told by webhook. */
async function withCard(viewer = someone(), method = card()) {
  const result = await sessionOf(viewer, { savePaymentMethod: true });
  if (!result.ok) throw new Error(result.errors[0]?.code);
  const customerReference = result.payment.customerReference;
  const before = (await listOf(viewer)).length;
  await tell({ kind: 'METHOD', customerReference, method, asOfMs: ATTACHED_AT });
  await eventually(async () => expect(await listOf(viewer)).toHaveLength(before + 1));
  const saved = (await listOf(viewer)).find((one) => one.reference === method.reference);
  if (saved === undefined) throw new Error('it is not there');
  return { viewer, saved, method, customerReference };
}

describe('saving a payment method', () => {
  test('makes one customer at the provider, however many sessions are opened at once', async () => {
    const viewer = someone();
    const keys = h.stripe.keys.length;
    const results = await Promise.all([1, 2, 3, 4].map(() => sessionOf(viewer, { savePaymentMethod: true })));
    expect(results.map((result) => result.payment?.customerReference)).toEqual(Array(4).fill(`cus_${idOf(viewer)}`));
    const made = h.stripe.keys.slice(keys).filter((key) => key.endsWith(':customer'));
    expect(new Set(made)).toEqual(new Set([`${idOf(viewer)}:customer`]));
  });

  test('lists what its webhook tells, the first one as the default, once', async () => {
    const { viewer, saved, method, customerReference } = await withCard();
    await tell({ kind: 'METHOD', customerReference, method, asOfMs: ATTACHED_AT });
    const replaced = { ...method, expYear: 2040 };
    await tell({ kind: 'METHOD', customerReference, method: replaced, asOfMs: ATTACHED_AT + 1_000 });
    await eventually(async () => expect((await listOf(viewer))[0]?.expYear).toBe(2040));
    expect(await listOf(viewer)).toEqual([{ ...saved, expYear: 2040 }]);
    expect(saved).toMatchObject({ brand: 'visa', last4: '4242', isDefault: true });
  });

  test('what its webhook tells too late is not news, except that it was removed', async () => {
    const { viewer, saved, method, customerReference } = await withCard();
    const telling = (year: number, asOfMs: number, removed = false) =>
      h.methods.save('stripe', customerReference, [{ ...method, expYear: year, removed }], new Date(asOfMs));
    await telling(2040, ATTACHED_AT + 2_000);
    expect(await telling(2038, ATTACHED_AT + 1_000)).toBe(true);
    expect(await listOf(viewer)).toEqual([{ ...saved, expYear: 2040 }]);
    await telling(2041, ATTACHED_AT + 2_000);
    expect((await listOf(viewer))[0]?.expYear).toBe(2041);
    await telling(2038, ATTACHED_AT + 1_000, true);
    expect(await listOf(viewer)).toEqual([]);
  });

  test('whose webhook never comes is found by the reconciliation, once the payment went well', async () => {
    const viewer = someone();
    const result = await sessionOf(viewer, { savePaymentMethod: true });
    const payment = result.payment;
    h.stripe.methods.set(String(payment?.customerReference), [card()]);
    const parts = { state: 'CAPTURED', capturedCents: 4_550 } as const;
    await tell({ kind: 'INTENT', intent: h.stripe.set(String(payment?.providerReference), parts) });
    await eventually(async () => expect((await h.payment(String(payment?.orderId)))?.state).toBe('CAPTURED'));
    expect(await listOf(viewer)).toEqual([]);
    await h.makeDue();
    await h.app.settlePayments();
    expect(await listOf(viewer)).toHaveLength(1);
    expect(await h.payment(String(payment?.orderId))).toMatchObject({ saveMethod: false, reconcileAt: null });
  });

  test.each([
    ['by a guest', () => h.session(h.order().id, GUEST, newId('req'), { savePaymentMethod: true }), 'INVALID'],
    [
      "by staff for a customer's order",
      () => h.session(h.order({ customerId: 'usr_x' }).id, STAFF, newId('req'), { savePaymentMethod: true }),
      'INVALID',
    ],
  ])('%s is refused and opens nothing', async (_, open, code) => {
    const keys = h.stripe.keys.length;
    expect(await open()).toMatchObject({ ok: false, errors: [{ code }], payment: null });
    expect(h.stripe.keys).toHaveLength(keys);
  });

  test('of a customer that is not of this shop is ignored', async () => {
    const reference = `pm_${newId('req')}`;
    await tell({ kind: 'METHOD', customerReference: 'cus_stranger', method: card({ reference }), asOfMs: ATTACHED_AT });
    await eventually(async () => {
      const [last] = await h.app.listWebhooks({ status: 'IGNORED', first: 1, after: null });
      expect(last).toMatchObject({ status: 'IGNORED' });
    });
  });
});

describe('paying with a saved method', () => {
  test('gives the provider the customer and the method, and saves nothing again', async () => {
    const { viewer, saved } = await withCard();
    const result = await sessionOf(viewer, { paymentMethodId: saved.id, savePaymentMethod: true });
    expect(result).toMatchObject({
      ok: true,
      payment: { methodReference: saved.reference, customerReference: `cus_${idOf(viewer)}`, saveMethod: false },
    });
  });

  test('may be chosen later in the same session: the intent is updated under a key of its own', async () => {
    const { viewer, saved } = await withCard();
    const order = h.order({ customerId: idOf(viewer) });
    const first = await h.session(order.id, viewer);
    const second = await h.session(order.id, viewer, newId('req'), { paymentMethodId: saved.id });
    expect(second.payment).toMatchObject({ id: first.payment?.id, methodReference: saved.reference, attempt: 2 });
    expect(h.stripe.keys.at(-1)).toBe(`${first.payment?.id}:amount:2:4550EUR`);
  });

  test("of somebody else is refused as not there, and so is one's own removed one", async () => {
    const { viewer, saved } = await withCard();
    const other = someone();
    expect(await sessionOf(other, { paymentMethodId: saved.id })).toMatchObject({ errors: [{ code: 'NOT_FOUND' }] });
    await h.app.deleteMethod(viewer, saved.id);
    expect(await sessionOf(viewer, { paymentMethodId: saved.id })).toMatchObject({ errors: [{ code: 'NOT_FOUND' }] });
  });
});

describe('the list of saved methods', () => {
  test('is for its owner only: not for others, guests, or staff', async () => {
    const { viewer } = await withCard();
    const id = idOf(viewer);
    expect((await h.app.findMethods(viewer, [id]))[0]).toHaveLength(1);
    for (const stranger of [GUEST, STAFF, someone()]) expect(await h.app.findMethods(stranger, [id])).toEqual([null]);
  });

  test('has one default; another one takes its place, also when it is removed', async () => {
    const { viewer, saved: first } = await withCard();
    const { saved: second } = await withCard(viewer);
    const defaults = async () => (await listOf(viewer)).filter((one) => one.isDefault).map((one) => one.id);
    expect(await defaults()).toEqual([first.id]);
    expect(await h.app.setDefaultMethod(viewer, second.id)).toMatchObject({ ok: true });
    expect(await defaults()).toEqual([second.id]);
    await h.app.deleteMethod(viewer, second.id);
    expect(await defaults()).toEqual([first.id]);
    await Promise.all([h.app.setDefaultMethod(viewer, first.id), h.app.deleteMethod(viewer, first.id)]);
    expect(await listOf(viewer)).toEqual([]);
  });

  test('a removed method is gone at once, and then at the provider, which is asked until it answers', async () => {
    const { viewer, saved, customerReference, method } = await withCard();
    h.stripe.methods.set(String(customerReference), [method]);
    const woken = h.state.removingWoken;
    await h.app.removeMethods();
    h.stripe.fail('removeMethod', 'before');
    expect(await h.app.deleteMethod(viewer, saved.id)).toEqual({ ok: true, userId: idOf(viewer) });
    expect(h.state.removingWoken).toBe(woken + 1);
    expect(await listOf(viewer)).toEqual([]);
    await h.app.removeMethods();
    expect(h.stripe.methods.get(String(customerReference))).toHaveLength(1);
    await h.makeDue();
    await h.app.removeMethods();
    expect(h.stripe.methods.get(String(customerReference))).toEqual([]);
    expect(await h.app.deleteMethod(viewer, saved.id)).toMatchObject({ ok: true });
  });

  test('a message that comes late does not bring a removed method back, in whatever order they come', async () => {
    const { viewer, saved, method, customerReference } = await withCard();
    await tell({ kind: 'METHOD', customerReference: null, method: { ...method, removed: true }, asOfMs: ATTACHED_AT });
    await eventually(async () => expect(await listOf(viewer)).toEqual([]));
    await tell({ kind: 'METHOD', customerReference, method, asOfMs: ATTACHED_AT + 1_000 });
    await h.makeDue();
    await h.app.sweepWebhooks();
    expect(await listOf(viewer)).toEqual([]);
    expect(await h.app.setDefaultMethod(viewer, saved.id)).toMatchObject({ ok: false });
  });

  test("somebody else's is neither removed nor made the default", async () => {
    const { viewer, saved } = await withCard();
    const other = someone();
    for (const act of [h.app.deleteMethod, h.app.setDefaultMethod]) {
      for (const stranger of [GUEST, other]) {
        expect(await act(stranger, saved.id)).toMatchObject({ ok: false, errors: [{ code: 'NOT_FOUND' }] });
      }
    }
    expect(await listOf(viewer)).toEqual([saved]);
  });
});
