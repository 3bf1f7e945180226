import { type ComparedPayment, compareMoney, type ListedMovement } from './compareMoney.js';

const listed = (parts: Partial<ListedMovement> = {}): ListedMovement => ({
  kind: 'CAPTURE',
  subject: 'pi_1',
  cents: 4_550,
  currencyCode: 'EUR',
  ...parts,
});
const payment = (parts: Partial<ComparedPayment> = {}): ComparedPayment => ({
  paymentId: 'pay_1',
  orderId: 'ord_1',
  intentReference: 'pi_1',
  currencyCode: 'EUR',
  capturedCents: 4_550,
  refundedCents: 0,
  ledgerCapturedCents: 4_550,
  ledgerRefundedCents: 0,
  refunds: [],
  disputes: [],
  listed: [listed()],
  settled: true,
  ...parts,
});
const found = (parts: Partial<ComparedPayment>) =>
  compareMoney(payment(parts)).map(({ kind, subject }) => [kind, subject]);

test('a payment that both sides know alike has no difference, captured at once or in parts, refunded and disputed', () => {
  expect(found({})).toEqual([]);
  expect(found({ listed: [listed({ cents: 4_000 }), listed({ cents: 550 })] })).toEqual([]);
  expect(
    found({
      refundedCents: 1_000,
      ledgerRefundedCents: 1_000,
      refunds: [{ reference: 're_1', cents: 1_000 }],
      disputes: [{ reference: 'dp_1', cents: 4_550 }],
      listed: [
        listed(),
        listed({ kind: 'REFUND', subject: 're_1', cents: -1_000 }),
        listed({ kind: 'REFUND', subject: 're_2', cents: -500 }),
        listed({ kind: 'REFUND_REVERSAL', subject: 're_2', cents: 500 }),
        listed({ kind: 'DISPUTE', subject: 'dp_1', cents: -4_550 }),
        listed({ kind: 'DISPUTE_REVERSAL', subject: 'dp_1', cents: 4_550 }),
      ],
    }),
  ).toEqual([]);
});

test('each way in which the two sides can differ has its kind', () => {
  const nothing = { capturedCents: 0, ledgerCapturedCents: 0 };
  expect(found(nothing)).toEqual([['MISSING_HERE', 'capture:pi_1']]);
  expect(found({ listed: [] })).toEqual([['MISSING_THERE', 'capture:pi_1']]);
  expect(found({ listed: [listed({ cents: 4_551 })] })).toEqual([['AMOUNT', 'capture:pi_1']]);
  expect(found({ listed: [listed({ currencyCode: 'USD' })] })).toEqual([['CURRENCY', 'capture:pi_1']]);
  expect(found({ capturedCents: 4_549 })).toEqual([['LEDGER', 'ledger:pay_1']]);
  expect(found({ listed: [listed(), listed({ kind: 'REFUND', subject: 're_9', cents: -5 })] })).toEqual([
    ['MISSING_HERE', 'refund:re_9'],
  ]);
  expect(found({ refunds: [{ reference: 're_1', cents: 5 }] })).toEqual([['MISSING_THERE', 'refund:re_1']]);
  expect(found({ listed: [listed(), listed({ kind: 'DISPUTE', subject: 'dp_1', cents: -5 })] })).toEqual([
    ['MISSING_HERE', 'dispute:dp_1'],
  ]);
});

test('what a list does not have yet is not missing while it may be behind; what it has more of is told at once', () => {
  expect(found({ settled: false, listed: [] })).toEqual([]);
  expect(found({ settled: false, listed: [listed({ cents: 4_000 })] })).toEqual([]);
  expect(found({ settled: false, listed: [listed(), listed()] })).toEqual([['AMOUNT', 'capture:pi_1']]);
});
