import fc from 'fast-check';
import { intent, payment } from '../testing/samples.js';
import { decideIntent, type IntentSnapshot } from './decideIntent.js';
import { decideRefundNews, decideRefundRequest, type RefundSnapshot } from './decideRefund.js';
import {
  captureTransaction,
  disputeLost,
  disputeWithdrawal,
  disputeWon,
  refundReversal,
  refundTransaction,
} from './ledger.js';
import type { Payment, PaymentState } from './payment.js';
import { paymentStatus } from './paymentStatus.js';

const NOW = new Date('2026-11-22T10:00:00.000Z');
const declined = { code: 'card_declined', message: 'Your card was declined.', reference: 'ch_1' };

describe("the provider's word about an intent", () => {
  test.each<[PaymentState, Partial<IntentSnapshot>, string, PaymentState | undefined]>([
    ['CREATED', { state: 'WAITING' }, 'NOTHING', undefined],
    ['CREATED', { state: 'REQUIRES_ACTION' }, 'MOVE', 'REQUIRES_ACTION'],
    ['REQUIRES_ACTION', { state: 'REQUIRES_ACTION' }, 'NOTHING', undefined],
    ['REQUIRES_ACTION', { state: 'PROCESSING' }, 'MOVE', 'PROCESSING'],
    ['PROCESSING', { state: 'AUTHORIZED', authorizedCents: 4_550 }, 'AUTHORIZE', 'AUTHORIZED'],
    ['CREATED', { state: 'WAITING', failure: declined }, 'FAIL', 'FAILED'],
    ['FAILED', { state: 'CAPTURED', capturedCents: 4_550 }, 'CAPTURE', 'CAPTURED'],
    ['CREATED', { state: 'CANCELLED' }, 'CANCEL', 'CANCELLED'],
    ['CANCELLED', { state: 'CAPTURED', capturedCents: 4_550 }, 'CAPTURE', 'CAPTURED'],
    ['CANCELLED', { state: 'PROCESSING' }, 'NOTHING', undefined],
    ['CAPTURED', { state: 'CAPTURED', capturedCents: 4_550 }, 'NOTHING', undefined],
    ['CAPTURED', { state: 'WAITING', failure: declined }, 'NOTHING', undefined],
    ['CAPTURED', { state: 'CANCELLED' }, 'NOTHING', undefined],
    ['CAPTURED', { state: 'AUTHORIZED', authorizedCents: 4_550 }, 'NOTHING', undefined],
    ['CAPTURED', { state: 'CAPTURED', capturedCents: 5_000 }, 'CAPTURE', 'CAPTURED'],
    ['AUTHORIZED', { state: 'REQUIRES_ACTION' }, 'NOTHING', undefined],
    ['AUTHORIZED', { state: 'WAITING', failure: declined }, 'NOTHING', undefined],
    ['AUTHORIZED', { state: 'AUTHORIZED', authorizedCents: 4_550 }, 'NOTHING', undefined],
    ['AUTHORIZED', { state: 'CANCELLED' }, 'VOID', 'CANCELLED'],
    ['AUTHORIZED', { state: 'CAPTURED', capturedCents: 3_000 }, 'CAPTURE', 'CAPTURED'],
    ['AUTHORIZED', { state: 'AUTHORIZED', authorizedCents: 4_550, capturedCents: 1_000 }, 'CAPTURE', 'AUTHORIZED'],
    ['CANCELLED', { state: 'AUTHORIZED', authorizedCents: 4_550 }, 'NOTHING', undefined],
    ['CREATED', { state: 'APPROVED' }, 'NOTHING', undefined],
  ])('%s and %j: %s', (state, news, kind, then) => {
    const capturedCents = state === 'CAPTURED' ? 4_550 : 0;
    const authorizedCents = state === 'CAPTURED' || state === 'AUTHORIZED' ? 4_550 : 0;
    const decision = decideIntent(payment({ state, capturedCents, authorizedCents }), intent(news));
    expect(decision.kind).toBe(kind);
    expect(decision.kind === 'NOTHING' ? undefined : decision.after.state).toBe(then);
  });

  test('a refusal that was told before is not told again, another attempt is', () => {
    const failed = payment({ state: 'FAILED', failureCode: 'card_declined', failureReference: 'ch_1' });
    expect(decideIntent(failed, intent({ failure: declined })).kind).toBe('NOTHING');
    expect(decideIntent(failed, intent({ failure: { ...declined, reference: 'ch_2' } })).kind).toBe('FAIL');
  });

  test('the reference is learnt even when nothing else is new', () => {
    const decision = decideIntent(payment({ providerReference: null }), intent());
    expect(decision).toMatchObject({ kind: 'LEARN', after: { providerReference: 'pi_1', version: 2 } });
  });
});

describe('refunds', () => {
  const captured = payment({ state: 'CAPTURED', capturedCents: 4_550 });
  const wanted = (amountCents: number, requestKey = 'k') => ({
    id: `ref_${requestKey}`,
    amountCents,
    reason: null,
    initiatedBy: 'STAFF' as const,
    returnId: null,
    requestKey,
    inputHash: String(amountCents),
  });
  const request = (of: Payment, amountCents: number, key?: string) =>
    decideRefundRequest(of, wanted(amountCents, key), NOW, NOW);

  test('take their amount out of what is left before the provider is asked', () => {
    const first = request(captured, 4_000, 'a');
    if (first.kind !== 'RESERVE') throw new Error(first.kind);
    expect(first.after.refundReservedCents).toBe(4_000);
    expect(request(first.after, 551, 'b').kind).toBe('EXCEEDS_CAPTURED');
    expect(request(first.after, 550, 'b').kind).toBe('RESERVE');
    expect(request(first.after, 4_000, 'a').kind).toBe('EXISTS');
    expect(request(first.after, 3_999, 'a').kind).toBe('KEY_REUSED');
    expect(request(payment(), 1).kind).toBe('NOT_CAPTURED');
  });

  const news = (parts: Partial<RefundSnapshot> = {}): RefundSnapshot => ({
    reference: 're_1',
    intentReference: 'pi_1',
    refundId: null,
    amountCents: 1_000,
    currencyCode: 'EUR',
    state: 'SUCCEEDED',
    failureCode: null,
    ...parts,
  });

  test('made at the provider are mirrored once', () => {
    const first = decideRefundNews(captured, news(), 'ref_new', NOW);
    if (first.kind !== 'SUCCEEDED') throw new Error(first.kind);
    expect(first.after).toMatchObject({ refundedCents: 1_000, refundReservedCents: 1_000 });
    expect(first.refund).toMatchObject({ id: 'ref_new', initiatedBy: 'PROVIDER', providerReference: 're_1' });
    expect(decideRefundNews(first.after, news(), 'ref_other', NOW).kind).toBe('NOTHING');
    expect(decideRefundNews(first.after, news({ state: 'PENDING' }), 'ref_other', NOW).kind).toBe('NOTHING');
  });

  test('that fail give their amount free again, also after they had succeeded', () => {
    const reserved = request(captured, 1_000, 'a');
    if (reserved.kind !== 'RESERVE') throw new Error(reserved.kind);
    const failed = decideRefundNews(reserved.after, news({ refundId: 'ref_a', state: 'FAILED' }), 'x', NOW);
    if (failed.kind !== 'FAILED') throw new Error(failed.kind);
    expect(failed.after).toMatchObject({ refundedCents: 0, refundReservedCents: 0 });
    expect(failed.ledger).toEqual([]);

    const paid = decideRefundNews(reserved.after, news({ refundId: 'ref_a' }), 'x', NOW);
    if (paid.kind !== 'SUCCEEDED') throw new Error(paid.kind);
    const back = decideRefundNews(paid.after, news({ refundId: 'ref_a', state: 'FAILED' }), 'x', NOW);
    if (back.kind !== 'FAILED') throw new Error(back.kind);
    expect(back.after).toMatchObject({ refundedCents: 0, refundReservedCents: 0 });
    expect(back.ledger).toEqual([refundReversal('ref_a', 'stripe', 1_000)]);
  });

  test('whatever the requests and the news, in any order: never more refunded or reserved than captured', () => {
    const step = fc.record({
      amount: fc.integer({ min: 1, max: 3_000 }),
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      state: fc.constantFrom('PENDING' as const, 'SUCCEEDED' as const, 'FAILED' as const),
      request: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let current = captured;
        for (const { amount, key, state, request: asks } of steps) {
          const known = current.refunds.find((refund) => refund.id === `ref_${key}`);
          if (asks) {
            const decision = request(current, amount, key);
            if (decision.kind === 'RESERVE') current = decision.after;
          } else if (known !== undefined) {
            const told = news({ refundId: known.id, reference: `re_${key}`, amountCents: known.amountCents, state });
            const decision = decideRefundNews(current, told, 'x', NOW);
            if (decision.kind !== 'NOTHING' && decision.kind !== 'EARLY') current = decision.after;
          }
          expect(current.refundedCents).toBeLessThanOrEqual(current.refundReservedCents);
          expect(current.refundReservedCents).toBeLessThanOrEqual(current.capturedCents);
          const live = current.refunds.filter((refund) => refund.state !== 'FAILED');
          expect(live.reduce((sum, refund) => sum + refund.amountCents, 0)).toBe(current.refundReservedCents);
        }
      }),
    );
  });
});

test('every ledger transaction sums to zero', () => {
  const transactions = [
    captureTransaction('pay_1', 'stripe', 1_000, 0),
    captureTransaction('pay_1', 'stripe', 3_550, 1_000),
    disputeWithdrawal('dsp_1', 'stripe', 4_550),
    disputeWon('dsp_1', 'stripe', 4_550),
    disputeLost('dsp_1', 4_550),
    refundTransaction('ref_1', 'stripe', 1_000),
    refundReversal('ref_1', 'stripe', 1_000),
  ];
  for (const { entries } of transactions) expect(entries[0].amountCents + entries[1].amountCents).toBe(0);
  expect(new Set(transactions.map(({ id }) => id)).size).toBe(transactions.length);
});

test.each<[Partial<Payment>[], string]>([
  [[], 'UNPAID'],
  [[{ state: 'CREATED' }], 'UNPAID'],
  [[{ state: 'REQUIRES_ACTION' }], 'PENDING'],
  [[{ state: 'AUTHORIZED' }], 'AUTHORIZED'],
  [[{ state: 'FAILED' }], 'FAILED'],
  [[{ state: 'CANCELLED' }], 'VOIDED'],
  [[{ state: 'CAPTURED', capturedCents: 4_550 }], 'PAID'],
  [[{ state: 'CAPTURED', capturedCents: 4_549 }], 'PARTIALLY_PAID'],
  [[{ state: 'CAPTURED', capturedCents: 4_550, refundedCents: 1 }], 'PARTIALLY_REFUNDED'],
  [[{ state: 'CAPTURED', capturedCents: 4_550, refundedCents: 4_550 }], 'REFUNDED'],
  [[{ state: 'CAPTURED', capturedCents: 4_550, disputed: true }], 'DISPUTED'],
  [[{ state: 'CAPTURED', capturedCents: 4_550, chargedBackCents: 4_550 }], 'REFUNDED'],
  [[{ state: 'AUTHORIZED', capturedCents: 1_000 }], 'PARTIALLY_PAID'],
  [[{ state: 'CANCELLED', replaced: true }, { state: 'CREATED' }], 'UNPAID'],
])('an order with payments %j is %s', (payments, status) => {
  expect(paymentStatus(payments.map(payment), 4_550)).toBe(status);
});
