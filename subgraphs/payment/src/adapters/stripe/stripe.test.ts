import Stripe from 'stripe';
import { fromStripeAmount, toStripeAmount } from './amounts.js';
import { intentSnapshot, noticeOf } from './snapshots.js';
import { verifySignature } from './verifySignature.js';
import { withoutPersonalData } from './withoutPersonalData.js';

const SECRET = 'whsec_test_secret';
const NOW = new Date('2026-11-22T10:00:00.000Z');
const body = Buffer.from('{"id":"evt_1","type":"payment_intent.succeeded"}');
const stripe = new Stripe('sk_test_x');
const header = (o: { secret?: string; ageSeconds?: number; payload?: string } = {}) =>
  stripe.webhooks.generateTestHeaderString({
    payload: o.payload ?? body.toString(),
    secret: o.secret ?? SECRET,
    timestamp: NOW.getTime() / 1_000 - (o.ageSeconds ?? 0),
  });

describe('the signature of a webhook, as the SDK makes it', () => {
  test.each<[string, string | undefined, boolean]>([
    ['is accepted', header(), true],
    ['is accepted up to five minutes old', header({ ageSeconds: 300 }), true],
    ['is refused when older', header({ ageSeconds: 301 }), false],
    ['is refused from the future', header({ ageSeconds: -301 }), false],
    ['is refused with another secret', header({ secret: 'whsec_other' }), false],
    ['is refused for another body', header({ payload: '{"id":"evt_2"}' }), false],
    ['is refused when it is missing', undefined, false],
    ['is refused when it is empty', '', false],
    ['is refused without a time', header().replace(/^t=\d+,/, ''), false],
    ['is refused when its time was altered', header().replace(/^t=\d+/, `t=${NOW.getTime() / 1_000 + 1}`), false],
    ['is refused in a weaker scheme', header().replace('v1=', 'v0='), false],
    ['is accepted beside one of an older secret', header().replace('v1=', `v1=${'0'.repeat(64)},v1=`), true],
  ])('%s', (_, signature, accepted) => {
    expect(verifySignature(body, signature, SECRET, NOW)).toBe(accepted);
  });
});

test('what is stored of a webhook names nobody', () => {
  const event = {
    id: 'evt_1',
    data: {
      object: {
        id: 'pi_1',
        receipt_email: 'ada@example.com',
        shipping: { name: 'Ada' },
        client_secret: 'secret',
        metadata: { souk_payment_id: 'pay_1' },
        charges: [{ id: 'ch_1', billing_details: { email: 'ada@example.com' } }],
      },
    },
  };
  expect(withoutPersonalData(event)).toEqual({
    id: 'evt_1',
    data: { object: { id: 'pi_1', metadata: { souk_payment_id: 'pay_1' }, charges: [{ id: 'ch_1' }] } },
  });
});

test.each([
  ['EUR', 1_999, 1_999],
  ['JPY', 500, 500],
  ['KWD', 1_230, 1_230],
  ['ISK', 500, 50_000],
  ['UGX', 500, 50_000],
  ['MGA', 50_000, 500],
])("amounts of %s are written in Stripe's units and back", (currencyCode, cents, amount) => {
  expect(toStripeAmount(cents, currencyCode)).toBe(amount);
  expect(fromStripeAmount(amount, currencyCode)).toBe(cents);
});

test('an amount that Stripe cannot say is a bug and throws', () => {
  expect(() => toStripeAmount(501, 'MGA')).toThrow(RangeError);
});

describe("what Stripe's events are about", () => {
  const notice = (type: string, object: object) => noticeOf(type, { created: 1_792_000_000, data: { object } });

  test('a declined attempt is news of its intent, with a code fit for events', () => {
    const last_payment_error = {
      code: 'card_declined',
      decline_code: 'insufficient_funds',
      message: 'No.',
      charge: 'ch_1',
    };
    const object = { id: 'pi_1', status: 'requires_payment_method', currency: 'eur', last_payment_error };
    expect(notice('payment_intent.payment_failed', object)).toMatchObject({
      kind: 'INTENT',
      intent: { state: 'WAITING', failure: { code: 'insufficient_funds', reference: 'ch_1' } },
    });
  });

  test.each([
    ['payment_intent.created', { id: 'pi_1' }],
    ['charge.succeeded', { id: 'ch_1' }],
    ['customer.created', { id: 'cus_1' }],
  ])('%s tells nothing new', (type, object) => {
    expect(notice(type, object)).toEqual({ kind: 'IRRELEVANT' });
  });

  test('a dispute is open until it is won or lost', () => {
    const dispute = { id: 'dp_1', amount: 4_550, currency: 'eur', status: 'needs_response', payment_intent: 'pi_1' };
    expect(notice('charge.dispute.created', dispute)).toMatchObject({ kind: 'DISPUTE', dispute: { state: 'OPEN' } });
    const lost = { ...dispute, status: 'lost' };
    expect(notice('charge.dispute.closed', lost)).toMatchObject({ dispute: { state: 'LOST' } });
  });
});

describe('refunds that are none, and saved methods', () => {
  const told = (type: string, object: object) => noticeOf(type, { created: 1_792_000_000, data: { object } });
  const refund = { id: 're_1', amount: 1_550, currency: 'eur', status: 'succeeded', payment_intent: 'pi_1' };

  test('what Stripe calls a refund when it only releases authorized money moves nothing', () => {
    expect(told('refund.created', { ...refund, balance_transaction: null })).toEqual({ kind: 'IRRELEVANT' });
    expect(told('refund.created', { ...refund, balance_transaction: 'txn_1' })).toMatchObject({ kind: 'REFUND' });
    const ours = { ...refund, balance_transaction: null, metadata: { souk_refund_id: 'ref_1' } };
    expect(told('refund.created', ours)).toMatchObject({ kind: 'REFUND', refund: { refundId: 'ref_1' } });
  });

  test('of a card no more is kept than tells it from others', () => {
    const card = { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034, fingerprint: 'abc', checks: {} };
    const asOfMs = 1_792_000_000_000;
    const object = { id: 'pm_1', type: 'card', customer: 'cus_1', card, billing_details: { name: 'Ada' } };
    const method = { reference: 'pm_1', brand: 'visa', last4: '4242', expMonth: 12, expYear: 2034, removed: false };
    expect(told('payment_method.attached', object)).toEqual({
      kind: 'METHOD',
      customerReference: 'cus_1',
      method,
      asOfMs,
    });
    expect(told('payment_method.detached', { ...object, customer: null })).toEqual({
      kind: 'METHOD',
      customerReference: null,
      method: { ...method, removed: true },
      asOfMs,
    });
    expect(JSON.stringify(withoutPersonalData({ data: { object } }))).not.toMatch(/abc|Ada|checks/);
  });

  test('a capture of less has released the rest; an authorization says when it lapses once its charge is shown', () => {
    const intent = { id: 'pi_1', currency: 'eur', amount: 4_550, amount_received: 3_000 };
    expect(intentSnapshot({ ...intent, status: 'succeeded' })).toMatchObject({
      authorizedCents: 4_550,
      capturedCents: 3_000,
    });
    const latest_charge = { payment_method_details: { card: { capture_before: 1_800_000_000 } } };
    expect(intentSnapshot({ ...intent, status: 'requires_capture', latest_charge })).toMatchObject({
      state: 'AUTHORIZED',
      authorizedCents: 4_550,
      capturedCents: 0,
      authorizedUntil: new Date(1_800_000_000_000),
    });
    expect(intentSnapshot({ ...intent, status: 'canceled' })).toMatchObject({ state: 'CANCELLED', authorizedCents: 0 });
  });
});
