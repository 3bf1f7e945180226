import fc from 'fast-check';
import { payment } from '../testing/samples.js';
import { decideRecord, type WantedRecord } from './decideRecord.js';
import type { Payment } from './payment.js';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const wanted = (amountCents: number, parts: Partial<WantedRecord> = {}): WantedRecord => ({
  id: `cap_${amountCents}`,
  refundId: `ref_${amountCents}`,
  requestKey: `key_${amountCents}`,
  inputHash: 'hash',
  amountCents,
  partial: false,
  ...parts,
});
const transfer = (parts: Partial<Payment> = {}) =>
  payment({ provider: 'bank_transfer', state: 'PROCESSING', ...parts });
const record = (before: Payment, want: WantedRecord) => decideRecord(before, want, NOW, NOW);
function recorded(before: Payment, want: WantedRecord) {
  const decision = record(before, want);
  if (decision.kind !== 'RECORD') throw new Error(decision.kind);
  return decision;
}

test('all that is due pays the order', () => {
  expect(recorded(transfer(), wanted(4_550))).toMatchObject({
    toldCents: 4_550,
    refund: null,
    after: { state: 'CAPTURED', capturedCents: 4_550, authorizedCents: 4_550, reconcileAt: null, version: 2 },
    ledger: [
      {
        id: 'capture:pay_1',
        entries: [
          { account: 'provider:bank_transfer', amountCents: 4_550 },
          { account: 'orders', amountCents: -4_550 },
        ],
      },
    ],
  });
});

test('less is refused with the difference, and changes nothing', () => {
  expect(record(transfer(), wanted(4_500))).toEqual({ kind: 'SHORT', missingCents: 50 });
});

test('a part waits for the rest, and the order hears of the whole, once', () => {
  const first = recorded(transfer(), wanted(2_000, { partial: true }));
  expect(first).toMatchObject({ toldCents: null, refund: null, after: { state: 'PROCESSING', capturedCents: 2_000 } });
  const second = recorded(first.after, wanted(2_550));
  expect(second).toMatchObject({ toldCents: 4_550, refund: null, after: { state: 'CAPTURED', capturedCents: 4_550 } });
  expect(second.ledger[0]?.id).toBe('capture:pay_1:2000');
});

test('what is too much goes back, and the order is told what it costs', () => {
  expect(recorded(transfer(), wanted(5_000))).toMatchObject({
    toldCents: 4_550,
    refund: { amountCents: 450, state: 'PENDING', initiatedBy: 'COMPENSATION' },
    after: { state: 'CAPTURED', capturedCents: 5_000, refundReservedCents: 450, version: 2 },
  });
});

test('money for an order that is over: all of it is left to the order, a part goes back at once', () => {
  const over = transfer({ state: 'CANCELLED', cancelRequested: true });
  expect(recorded(over, wanted(4_550))).toMatchObject({ toldCents: 4_550, refund: null, after: { state: 'CAPTURED' } });
  expect(recorded(over, wanted(1_000, { partial: true }))).toMatchObject({
    toldCents: null,
    refund: { amountCents: 1_000 },
    after: { state: 'CAPTURED', capturedCents: 1_000, refundReservedCents: 1_000 },
  });
});

test('paid twice: the second time goes back, and the order hears nothing of it', () => {
  const paid = recorded(transfer(), wanted(4_550)).after;
  expect(recorded(paid, wanted(4_551))).toMatchObject({
    toldCents: null,
    refund: { amountCents: 4_551 },
    after: { state: 'CAPTURED', capturedCents: 9_101, refundReservedCents: 4_551 },
  });
});

test('cash of a delivery is told part by part, and ends when all that was agreed is there', () => {
  const delivery = payment({
    provider: 'cash_on_delivery',
    captureMethod: 'MANUAL',
    state: 'AUTHORIZED',
    authorizedCents: 4_550,
    releasedCents: 550,
  });
  const part = recorded(delivery, wanted(1_000, { partial: true }));
  expect(part).toMatchObject({ toldCents: 1_000, after: { state: 'AUTHORIZED', capturedCents: 1_000 } });
  expect(recorded(part.after, wanted(3_000))).toMatchObject({
    toldCents: 3_000,
    refund: null,
    after: { state: 'CAPTURED', capturedCents: 4_000, releasedCents: 550 },
  });
});

test('the same key records once, and not something else', () => {
  const before = recorded(transfer(), wanted(4_550)).after;
  expect(record(before, wanted(4_550))).toMatchObject({ kind: 'EXISTS', capture: { id: 'cap_4550' } });
  expect(record(before, wanted(4_550, { inputHash: 'other' }))).toEqual({ kind: 'KEY_REUSED' });
});

test('whatever comes, in whatever parts: every cent is on the books, the order is told its price once, and the rest goes back', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 6_000 }), { minLength: 1, maxLength: 8 }), (amounts) => {
      let now = transfer();
      let told = 0;
      let booked = 0;
      for (const [index, amountCents] of amounts.entries()) {
        const want = wanted(amountCents, {
          id: `cap_${index}`,
          requestKey: `k${index}`,
          refundId: `ref_${index}`,
          partial: true,
        });
        const decision = recorded(now, want);
        now = decision.after;
        told += decision.toldCents ?? 0;
        booked += decision.ledger[0]?.entries[0].amountCents ?? 0;
      }
      const sum = amounts.reduce((total, amount) => total + amount, 0);
      expect([now.capturedCents, booked]).toEqual([sum, sum]);
      expect(told).toBe(sum >= 4_550 ? 4_550 : 0);
      expect(now.refundReservedCents).toBe(Math.max(0, sum - 4_550));
      expect(now.authorizedCents).toBeGreaterThanOrEqual(now.capturedCents);
    }),
  );
});
