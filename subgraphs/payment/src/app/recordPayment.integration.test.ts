import { events, newEvent } from '@souk/events';
import { newId } from '@souk/runtime';
import { createBankTransferProvider, createCashOnDeliveryProvider } from '../adapters/manual/provider.manual.js';
import { type PaymentHarness, paymentHarness, STAFF } from '../testing/harness.js';

const DAY_MS = 86_400_000;
const limits = { currencies: ['EUR'], countries: ['DE'], mostUnits: 1_000 };
const account = { holder: 'Souk', iban: 'DE02120300000000202051', bic: null, bankName: null };
const eur = (centAmount: number) => ({ centAmount, currencyCode: 'EUR' });

let bank: PaymentHarness;
let cash: PaymentHarness;
beforeAll(async () => {
  bank = await paymentHarness({
    provider: createBankTransferProvider({ account, limits, paymentWindowMs: 14 * DAY_MS }),
  });
  cash = await paymentHarness({ provider: createCashOnDeliveryProvider({ limits }) });
});
afterAll(async () => {
  await bank?.close();
  await cash?.close();
});

async function opened(h: PaymentHarness) {
  const result = await h.session(h.order().id);
  if (!result.ok) throw new Error(result.errors[0]?.message);
  return result.payment;
}
const record = (
  h: PaymentHarness,
  paymentId: string,
  centAmount: number,
  more: { partial?: boolean; idempotencyKey?: string } = {},
) =>
  h.app.recordPayment(STAFF, {
    paymentId,
    amount: eur(centAmount),
    reference: 'Statement 7',
    partial: false,
    idempotencyKey: newId('req'),
    ...more,
  });
const ended = (type: 'orderExpired' | 'orderCancelled', orderId: string) => {
  const data = { orderId, number: 'S-1', customerId: null, cartId: 'crt_1', couponCodes: [], reason: 'TEST' };
  return newEvent(events[type], { aggregateId: orderId, sequence: 2, data: data as never });
};

describe('a bank transfer', () => {
  test('the order waits for it, and it is paid when staff record it', async () => {
    const payment = await opened(bank);
    expect(payment.state).toBe('PROCESSING');
    const due = bank.orders.get(payment.orderId)?.paymentDueAt.getTime() ?? 0;
    expect(Math.abs(due - Date.now() - 14 * DAY_MS)).toBeLessThan(60_000);
    expect(payment.payableUntil.getTime()).toBe(due);
    expect(await bank.events(payment.id)).toEqual([]);
    expect(await record(bank, payment.id, 4_550)).toMatchObject({ ok: true, payment: { state: 'CAPTURED' } });
    expect(await bank.events(payment.id)).toEqual(['payment.captured']);
    expect(await bank.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:bank_transfer': 4_550 });
    expect((await bank.payment(payment.orderId))?.history?.at(-1)).toMatchObject({
      type: 'payment.recorded',
      amountCents: 4_550,
      providerEventId: 'Statement 7',
    });
  });

  test('recorded ten times at once with one key, it is recorded once', async () => {
    const payment = await opened(bank);
    const same = { idempotencyKey: newId('req') };
    const results = await Promise.all(Array.from({ length: 10 }, () => record(bank, payment.id, 4_550, same)));
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(await bank.events(payment.id)).toEqual(['payment.captured']);
    expect(await bank.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:bank_transfer': 4_550 });
    expect(await record(bank, payment.id, 4_549, same)).toMatchObject({ errors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });
  });

  test('less than due is refused with the difference told: nothing changed, nothing published', async () => {
    const payment = await opened(bank);
    const before = await bank.payment(payment.orderId);
    expect(await record(bank, payment.id, 4_500)).toMatchObject({
      errors: [{ code: 'AMOUNT_MISMATCH', message: expect.stringContaining('€0.50'), field: ['input', 'amount'] }],
    });
    expect(await bank.payment(payment.orderId)).toEqual(before);
    expect(await bank.ledger(payment.id)).toEqual({});
    expect(await bank.events(payment.id)).toEqual([]);
  });

  test('it comes in two parts: paid when the second one is there, and told once', async () => {
    const payment = await opened(bank);
    await record(bank, payment.id, 2_000, { partial: true });
    await bank.makeDue();
    await bank.app.settlePayments();
    expect(await bank.payment(payment.orderId)).toMatchObject({ state: 'PROCESSING', capturedCents: 2_000 });
    expect(await bank.events(payment.id)).toEqual([]);
    await record(bank, payment.id, 2_550);
    expect(await bank.payment(payment.orderId)).toMatchObject({ state: 'CAPTURED', capturedCents: 4_550 });
    expect(await bank.events(payment.id)).toEqual(['payment.captured']);
  });

  test('too much is recorded, and what is too much waits until staff have sent it back', async () => {
    const payment = await opened(bank);
    await record(bank, payment.id, 5_000);
    await bank.makeDue();
    await bank.app.settleRefunds();
    const refund = (await bank.payment(payment.orderId))?.refunds[0];
    expect(refund).toMatchObject({ amountCents: 450, state: 'PENDING', initiatedBy: 'COMPENSATION' });
    expect(await bank.ledger(payment.id)).toEqual({ orders: -5_000, 'provider:bank_transfer': 5_000 });
    const command = { paymentId: payment.id, refundId: refund?.id ?? '', reference: 'Statement 9' };
    const both = await Promise.all([bank.app.recordRefund(command), bank.app.recordRefund(command)]);
    expect(both).toMatchObject([{ refund: { state: 'SUCCEEDED' } }, { refund: { state: 'SUCCEEDED' } }]);
    expect(await bank.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:bank_transfer': 4_550 });
    expect(await bank.events(payment.id)).toEqual(['payment.captured', 'payment.refunded']);
  });

  test.each(['event', 'sweep'])(
    'the order expires with a part of it (first the %s): the part goes back',
    async (first) => {
      const payment = await opened(bank);
      await record(bank, payment.id, 2_000, { partial: true });
      bank.order({ id: payment.orderId, payable: false, status: 'EXPIRED' });
      const follow = () => bank.app.followOrderEnd(ended('orderExpired', payment.orderId));
      const sweep = async () => {
        bank.state.offsetMs = 15 * DAY_MS;
        await bank.makeDue();
        await bank.app.settlePayments();
        bank.state.offsetMs = 0;
      };
      for (const step of first === 'event' ? [follow, sweep] : [sweep, follow]) await step();
      const after = await bank.payment(payment.orderId);
      expect(after).toMatchObject({ state: 'CAPTURED', capturedCents: 2_000, refundReservedCents: 2_000 });
      expect(after?.refunds).toMatchObject([{ amountCents: 2_000, state: 'PENDING' }]);
      expect(await bank.events(payment.id)).toEqual([]);
    },
  );

  test('all of it comes after the order has expired: recorded, and the order is told like of any late payment', async () => {
    const payment = await opened(bank);
    await bank.app.followOrderEnd(ended('orderExpired', payment.orderId));
    await bank.makeDue();
    await bank.app.settlePayments();
    expect((await bank.payment(payment.orderId))?.state).toBe('CANCELLED');
    await record(bank, payment.id, 4_550);
    expect(await bank.payment(payment.orderId)).toMatchObject({ state: 'CAPTURED', capturedCents: 4_550 });
    expect(await bank.events(payment.id)).toEqual(['payment.captured']);
  });

  test('an order that cannot wait is refused, and one that another service does not answer for can be tried again', async () => {
    const order = bank.order();
    bank.state.ordersDown = true;
    expect(await bank.session(order.id)).toMatchObject({ errors: [{ code: 'DEPENDENCY_UNAVAILABLE' }] });
    bank.state.ordersDown = false;
    expect(await bank.session(order.id)).toMatchObject({ ok: true, payment: { state: 'PROCESSING' } });
    const edit = bank.order({ purposeId: 'oed_1', status: 'CONFIRMED' });
    expect(await bank.session(edit.id)).toMatchObject({ errors: [{ code: 'INVALID', field: ['input', 'provider'] }] });
  });

  test('it is offered within its limits only', async () => {
    const tooMuch = bank.order({ dueCentAmount: 100_001 });
    expect(await bank.session(tooMuch.id)).toMatchObject({ errors: [{ code: 'INVALID' }] });
    const abroad = bank.order({ countryCode: 'US' });
    expect(await bank.session(abroad.id)).toMatchObject({ errors: [{ code: 'INVALID' }] });
    expect(await bank.payment(abroad.id)).toBeUndefined();
    const [provider] = [...bank.app.providers.values()];
    const offer = { currencyCode: 'EUR', countryCode: 'DE', amountCents: 100_000 };
    expect(provider?.available(offer)).toBe(true);
    expect(provider?.available({ ...offer, countryCode: 'AT' })).toBe(false);
    expect(provider?.available({ ...offer, currencyCode: 'PLN' })).toBe(false);
  });
});

describe('cash on delivery', () => {
  test('confirms the order at once, and the cash is recorded when it is there', async () => {
    const payment = await opened(cash);
    expect(payment).toMatchObject({ state: 'AUTHORIZED', authorizedCents: 4_550 });
    expect(await cash.events(payment.id)).toEqual(['payment.authorized']);
    expect(await record(cash, payment.id, 4_550)).toMatchObject({ ok: true, payment: { state: 'CAPTURED' } });
    expect(await cash.events(payment.id)).toEqual(['payment.authorized', 'payment.captured']);
    expect(await cash.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:cash_on_delivery': 4_550 });
  });

  test('the goods were not taken: voided, and no cash was ever on the books', async () => {
    const payment = await opened(cash);
    const voided = await cash.app.voidPayment({ paymentId: payment.id, idempotencyKey: 'void-it-once' });
    expect(voided).toMatchObject({ ok: true, payment: { state: 'CANCELLED' } });
    expect(await cash.events(payment.id)).toEqual(['payment.authorized', 'payment.voided']);
    expect(await cash.ledger(payment.id)).toEqual({});
  });

  test('opening it again answers that it is agreed already', async () => {
    const payment = await opened(cash);
    expect(await cash.session(payment.orderId)).toMatchObject({ errors: [{ code: 'ALREADY_PAID' }] });
    expect(await cash.events(payment.id)).toEqual(['payment.authorized']);
  });
});

test('what comes through a provider is not recorded by hand', async () => {
  const h = bank;
  const order = h.order();
  const result = await h.app.openSession(
    { kind: 'anonymous' },
    {
      orderId: order.id,
      provider: 'other',
      idempotencyKey: 'other-way',
      returnUrl: null,
      savePaymentMethod: false,
      paymentMethodId: null,
    },
  );
  if (!result.ok) throw new Error('not opened');
  expect(await record(h, result.payment.id, 4_550)).toMatchObject({ errors: [{ code: 'ILLEGAL_TRANSITION' }] });
  expect(await h.ledger(result.payment.id)).toEqual({});
});
