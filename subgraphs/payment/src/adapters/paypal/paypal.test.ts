import fc from 'fast-check';
import { fromPaypalAmount, isPaypalAmount, toPaypalAmount } from './amounts.js';
import { intentSnapshot, leftOf, readOrder, refundSnapshots } from './snapshots.js';
import { createPaypalWebhooks } from './webhooks.js';

const NOW = new Date('2026-11-22T12:00:00.000Z');

describe('amounts', () => {
  test('are decimal strings with the decimals that PayPal wants, which are not always those of ISO 4217', () => {
    expect(toPaypalAmount(4_550, 'EUR')).toEqual({ currencyCode: 'EUR', value: '45.50' });
    expect(toPaypalAmount(5, 'EUR').value).toBe('0.05');
    expect(toPaypalAmount(1_500, 'JPY').value).toBe('1500');
    expect(toPaypalAmount(150_000, 'HUF').value).toBe('1500');
    expect(toPaypalAmount(99_900, 'TWD').value).toBe('999');
    expect(fromPaypalAmount('1500', 'HUF')).toBe(150_000);
    expect(fromPaypalAmount('-45.50', 'EUR')).toBe(-4_550);
  });

  test('that PayPal cannot say are not offered and not sent', () => {
    expect(isPaypalAmount('HUF', 150_050)).toBe(false);
    expect(isPaypalAmount('KWD', 1_000)).toBe(false);
    expect(() => toPaypalAmount(150_050, 'HUF')).toThrow(RangeError);
    expect(() => fromPaypalAmount('45.505', 'EUR')).toThrow(RangeError);
    expect(() => fromPaypalAmount('4e2', 'EUR')).toThrow(RangeError);
  });

  test('come back as they went, in every currency that PayPal takes', () => {
    const currencies = fc.constantFrom('EUR', 'USD', 'GBP', 'JPY', 'HUF', 'TWD', 'CZK', 'BRL');
    fc.assert(
      fc.property(currencies, fc.integer({ min: 1, max: 100_000_000 }), (currencyCode, amount) => {
        const cents = isPaypalAmount(currencyCode, amount) ? amount : amount * 100;
        expect(fromPaypalAmount(toPaypalAmount(cents, currencyCode).value, currencyCode)).toBe(cents);
      }),
    );
  });
});

const order = (status: string, payments: object = {}) =>
  readOrder({
    id: 'ORDER1',
    intent: 'CAPTURE',
    status,
    update_time: '2026-11-22T11:00:00Z',
    purchase_units: [{ amount: { currency_code: 'EUR', value: '45.50' }, custom_id: 'pay_1', payments }],
    links: [{ href: 'https://www.paypal.com/checkoutnow?token=ORDER1', rel: 'payer-action' }],
  });
const eur = (value: string) => ({ currency_code: 'EUR', value });

describe('how an order stands', () => {
  test.each([
    ['CREATED', {}, 'WAITING', 0],
    ['PAYER_ACTION_REQUIRED', {}, 'WAITING', 0],
    ['APPROVED', {}, 'APPROVED', 0],
    ['VOIDED', {}, 'CANCELLED', 0],
    ['COMPLETED', { captures: [{ id: 'C1', status: 'COMPLETED', amount: eur('45.50') }] }, 'CAPTURED', 4_550],
    ['COMPLETED', { captures: [{ id: 'C1', status: 'PARTIALLY_REFUNDED', amount: eur('45.50') }] }, 'CAPTURED', 4_550],
    ['COMPLETED', { captures: [{ id: 'C1', status: 'PENDING', amount: eur('45.50') }] }, 'PROCESSING', 0],
    ['COMPLETED', { captures: [{ id: 'C1', status: 'DECLINED', amount: eur('45.50') }] }, 'CANCELLED', 0],
    ['COMPLETED', { authorizations: [{ id: 'A1', status: 'CREATED', amount: eur('45.50') }] }, 'AUTHORIZED', 0],
    ['COMPLETED', { authorizations: [{ id: 'A1', status: 'VOIDED', amount: eur('45.50') }] }, 'CANCELLED', 0],
    [
      'COMPLETED',
      {
        authorizations: [
          { id: 'A1', status: 'CREATED', amount: eur('45.50'), expiration_time: '2026-11-22T11:59:59Z' },
        ],
      },
      'CANCELLED',
      0,
    ],
    [
      'COMPLETED',
      {
        authorizations: [{ id: 'A1', status: 'VOIDED', amount: eur('45.50') }],
        captures: [{ id: 'C1', status: 'COMPLETED', amount: eur('20.00') }],
      },
      'CAPTURED',
      2_000,
    ],
  ])('%s with %j is %s', (status, payments, state, capturedCents) => {
    expect(intentSnapshot(order(status, payments), NOW)).toMatchObject({ state, capturedCents, paymentId: 'pay_1' });
  });

  test('a status that PayPal does not document is a bug, and no answer', () => {
    expect(() => intentSnapshot(order('SETTLED'), NOW)).toThrow('unknown status SETTLED');
  });

  test('a refund in parts is one refund, and what is left of a capture counts each part', () => {
    const refund = (id: string, capture: string, value: string, mark: string, status = 'COMPLETED') => ({
      id,
      status,
      amount: eur(value),
      custom_id: mark,
      links: [{ href: `https://api-m.paypal.com/v2/payments/captures/${capture}`, rel: 'up' }],
    });
    const paid = order('COMPLETED', {
      captures: ['C1', 'C2'].map((id) => ({ id, status: 'COMPLETED', amount: eur('20.00') })),
      refunds: [
        refund('R1', 'C1', '20.00', 'pay_1/ref_1'),
        refund('R2', 'C2', '5.00', 'pay_1/ref_1'),
        refund('R3', 'C2', '1.00', 'pay_1'),
        refund('R4', 'C2', '9.00', 'pay_1/ref_2', 'FAILED'),
      ],
    });
    expect(refundSnapshots(paid)).toMatchObject([
      { reference: 'R1+R2', refundId: 'ref_1', amountCents: 2_500, state: 'SUCCEEDED' },
      { reference: 'R3', refundId: null, amountCents: 100, state: 'SUCCEEDED' },
      { reference: 'R4', refundId: 'ref_2', amountCents: 900, state: 'FAILED' },
    ]);
    expect(paid.captures.map((capture) => leftOf(paid, capture))).toEqual([0, 1_400]);
  });
});

describe('webhooks', () => {
  const { read } = createPaypalWebhooks({ webhookId: 'WH1' });
  const notice = (type: string, resource: object) => read({ type, payload: { resource } });

  test('are reasons to ask: an order, a capture or an authorization by its order, a refund by our own id', () => {
    const related = { supplementary_data: { related_ids: { order_id: 'ORDER1' } }, custom_id: 'pay_1' };
    expect(notice('CHECKOUT.ORDER.APPROVED', { id: 'ORDER1', purchase_units: [{ custom_id: 'pay_1' }] })).toEqual({
      kind: 'INTENT_CHANGED',
      intentReference: 'ORDER1',
      paymentId: 'pay_1',
    });
    expect(notice('PAYMENT.CAPTURE.COMPLETED', { id: 'C1', ...related })).toMatchObject({ intentReference: 'ORDER1' });
    expect(notice('PAYMENT.AUTHORIZATION.VOIDED', { id: 'A1', ...related })).toMatchObject({ kind: 'INTENT_CHANGED' });
    expect(notice('PAYMENT.CAPTURE.REFUNDED', { id: 'R1', custom_id: 'pay_1/ref_1' })).toEqual({
      kind: 'REFUNDS_CHANGED',
      intentReference: null,
      paymentId: 'pay_1',
    });
  });

  test('about anything that is not ours are irrelevant', () => {
    expect(notice('BILLING.SUBSCRIPTION.CREATED', { id: 'I-1' })).toEqual({ kind: 'IRRELEVANT' });
    expect(notice('PAYMENT.CAPTURE.REFUNDED', { id: 'R1', custom_id: 'somebody else' })).toEqual({
      kind: 'IRRELEVANT',
    });
    expect(notice('CUSTOMER.DISPUTE.CREATED', { dispute_id: 'PP-1' })).toEqual({ kind: 'IRRELEVANT' });
  });

  test.each([
    ['WAITING_FOR_SELLER_RESPONSE', undefined, 'OPEN'],
    ['RESOLVED', 'RESOLVED_SELLER_FAVOUR', 'WON'],
    ['RESOLVED', 'RESOLVED_BUYER_FAVOUR', 'LOST'],
    ['RESOLVED', 'SOMETHING_NEW', 'CLOSED'],
  ])('a dispute that is %s with %s is %s', (status, outcome, state) => {
    const resource = {
      dispute_id: 'PP-1',
      status,
      reason: 'UNAUTHORISED',
      dispute_amount: eur('45.50'),
      ...(outcome === undefined ? {} : { dispute_outcome: { outcome_code: outcome } }),
      disputed_transactions: [{ seller_transaction_id: 'C1', custom: 'pay_1' }],
    };
    expect(notice('CUSTOMER.DISPUTE.UPDATED', resource)).toMatchObject({
      paymentId: 'pay_1',
      dispute: { reference: 'PP-1', amountCents: 4_550, state, reason: 'unauthorised' },
    });
  });
});
