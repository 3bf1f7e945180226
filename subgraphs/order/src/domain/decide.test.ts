import { checkedOutCart, pendingOrder } from '../testing/samples.js';
import { decideCancellation } from './decideCancellation.js';
import { decideCapture } from './decideCapture.js';
import { decidePlacement, priceRefusal } from './decidePlacement.js';
import { ERASED_EMAIL } from './erasure.js';
import { orderNumber } from './orderNumber.js';

const paid = { paymentId: 'pay_1', centAmount: 4_550, currencyCode: 'EUR' };

describe('money that arrives', () => {
  test.each([
    ['pays a waiting order', pendingOrder(), paid, { kind: 'CONFIRM', excessCents: 0 }],
    [
      'cannot revive an expired order whose customer has deleted his account',
      pendingOrder({ status: 'EXPIRED', email: ERASED_EMAIL }),
      paid,
      { kind: 'REFUND', reason: 'ORDER_EXPIRED' },
    ],
    ['may revive an expired order', pendingOrder({ status: 'EXPIRED' }), paid, { kind: 'REVIVE', excessCents: 0 }],
    [
      'for a cancelled order goes back',
      pendingOrder({ status: 'CANCELLED' }),
      paid,
      { kind: 'REFUND', reason: 'ORDER_CANCELLED' },
    ],
    [
      'too little for a waiting order goes back, and the order asks for a new payment',
      pendingOrder(),
      { ...paid, centAmount: 4_549 },
      { kind: 'ASK_AGAIN' },
    ],
    [
      'too little for an expired order goes back',
      pendingOrder({ status: 'EXPIRED' }),
      { ...paid, centAmount: 4_549 },
      { kind: 'REFUND', reason: 'AMOUNT_MISMATCH' },
    ],
    [
      'too much pays a waiting order, and the rest goes back',
      pendingOrder(),
      { ...paid, centAmount: 4_600 },
      { kind: 'CONFIRM', excessCents: 50 },
    ],
    [
      'in another currency goes back',
      pendingOrder(),
      { ...paid, currencyCode: 'USD' },
      { kind: 'REFUND', reason: 'CURRENCY_MISMATCH' },
    ],
    [
      'a second time in another payment goes back',
      pendingOrder({ status: 'CONFIRMED', paymentId: 'pay_2' }),
      paid,
      { kind: 'REFUND', reason: 'PAID_TWICE' },
    ],
    [
      'a second time in the same payment changes nothing',
      pendingOrder({ status: 'CONFIRMED', paymentId: 'pay_1' }),
      paid,
      { kind: 'NOTHING' },
    ],
  ])('%s', (_, order, money, decision) => {
    expect(decideCapture(order, money)).toEqual(decision);
  });
});

describe('a placement', () => {
  const setting = {
    now: new Date('2026-11-22T10:00:00.000Z'),
    number: '261122-AAAAAAAA',
    paymentWindowMs: 1_800_000,
    actor: 'anonymous',
    traceId: 't'.repeat(32),
    newLineId: () => 'oln_1',
    newTimelineId: () => 'oev_1',
  };
  const expectedTotal = { centAmount: 4_550, currencyCode: 'EUR' };
  const terms = { orderId: 'ord_1', expectedTotal, locale: 'en' };

  test('takes its amounts from the re-priced cart and is due after the payment window', () => {
    const { order, lines, timeline } = decidePlacement(checkedOutCart(), terms, setting);
    expect(order).toMatchObject({ totalCents: 4_550, version: 1, paymentDueAt: new Date('2026-11-22T10:30:00.000Z') });
    expect(lines.map((line) => line.totalCents)).toEqual([3_980, 1_000]);
    expect(timeline.map((entry) => entry.type)).toEqual(['PLACED', 'STOCK_RESERVED']);
  });

  test('is refused when the total is not the one the customer saw, in amount or in currency', () => {
    expect(priceRefusal(checkedOutCart(), expectedTotal)).toBeNull();
    const lower = { centAmount: 4_549, currencyCode: 'EUR' };
    expect(priceRefusal(checkedOutCart(), lower)).toEqual({
      code: 'PRICE_CHANGED',
      expected: lower,
      actual: expectedTotal,
    });
    expect(priceRefusal(checkedOutCart(), { centAmount: 4_550, currencyCode: 'USD' })?.code).toBe('PRICE_CHANGED');
  });

  test('of a cart whose amounts do not add up is a bug and throws', () => {
    expect(() => decidePlacement(checkedOutCart({ totalCents: 4_551 }), terms, setting)).toThrow(RangeError);
    expect(() => decidePlacement(checkedOutCart({ subtotalCents: 4_981 }), terms, setting)).toThrow(RangeError);
  });
});

describe('a cancellation', () => {
  const byCustomer = { by: 'customer' as const, reason: null, key: 'usr_1:key-0001' };

  test('is decided by who asks', () => {
    expect(decideCancellation(pendingOrder(), byCustomer)).toEqual({
      kind: 'CANCEL',
      reasonCode: 'CANCELLED_BY_CUSTOMER',
    });
    expect(decideCancellation(pendingOrder(), { ...byCustomer, by: 'staff' })).toMatchObject({
      reasonCode: 'CANCELLED_BY_STAFF',
    });
  });

  test('with the same key again is a replay, with another one it is refused', () => {
    const cancelled = pendingOrder({ status: 'CANCELLED', cancelKey: byCustomer.key });
    expect(decideCancellation(cancelled, byCustomer)).toEqual({ kind: 'REPLAY' });
    expect(decideCancellation(cancelled, { ...byCustomer, key: 'usr_1:other' })).toMatchObject({
      kind: 'REFUSE',
      refusal: { code: 'ILLEGAL_TRANSITION' },
    });
  });
});

test('an order number names the day and eight letters that can be read out', () => {
  const bytes = Uint8Array.from([0, 31, 32, 63, 10, 18, 255, 7]);
  expect(orderNumber(new Date('2026-11-22T23:59:59.999Z'), bytes)).toBe('261122-0Z0ZAJZ7');
});
