import { payment } from '../testing/samples.js';
import { type Dispute, type DisputeState, decideDispute } from './decideDispute.js';
import type { LedgerTransaction } from './ledger.js';
import type { Payment } from './payment.js';

const NOW = new Date('2026-11-22T10:00:00.000Z');
const captured = payment({ state: 'CAPTURED', authorizedCents: 4_550, capturedCents: 4_550 });

/** What is booked and shown after these messages, in this order. */
function after(states: readonly DisputeState[]) {
  let current: Payment = captured;
  let disputes: Dispute[] = [];
  const ledger: LedgerTransaction[] = [];
  for (const state of states) {
    const news = {
      id: 'dsp_1',
      reference: 'dp_1',
      amountCents: 4_000,
      state,
      status: state.toLowerCase(),
      reason: null,
    };
    const decision = decideDispute(current, disputes, news, NOW);
    if (decision.kind !== 'CHANGED') continue;
    current = decision.after;
    disputes = [decision.dispute];
    ledger.push(...decision.ledger);
  }
  const balances: Record<string, number> = {};
  for (const entry of ledger.flatMap((transaction) => transaction.entries)) {
    balances[entry.account] = (balances[entry.account] ?? 0) + entry.amountCents;
  }
  return {
    balances,
    booked: ledger.map(({ id }) => id),
    disputed: current.disputed,
    chargedBackCents: current.chargedBackCents,
    state: disputes[0]?.state,
  };
}

test('while it is open the money is with the disputes, and the payment is disputed', () => {
  expect(after(['OPEN'])).toMatchObject({
    balances: { disputes: 4_000, 'provider:stripe': -4_000 },
    disputed: true,
    chargedBackCents: 0,
  });
});

test('an inquiry takes no money', () => {
  expect(after(['INQUIRY'])).toMatchObject({ balances: {}, disputed: true });
  expect(after(['INQUIRY', 'CLOSED'])).toMatchObject({ balances: {}, disputed: false });
});

test.each([
  ['WON', { disputes: 0, 'provider:stripe': 0 }, 0],
  ['LOST', { disputes: 0, 'provider:stripe': -4_000, orders: 4_000 }, 4_000],
] as const)(
  'once it is %s the books are the same in whatever order and however often it was told',
  (end, balances, chargedBackCents) => {
    const booked = ['dispute:dsp_1:withdrawn', `dispute:dsp_1:${end.toLowerCase()}`];
    const expected = { balances, booked, disputed: false, chargedBackCents, state: end };
    for (const order of [
      ['OPEN', end],
      [end, 'OPEN'],
      ['INQUIRY', 'OPEN', end, end],
      ['OPEN', 'OPEN', end, 'OPEN', 'INQUIRY'],
      [end],
    ] as const) {
      expect(after(order)).toEqual(expected);
    }
  },
);

test('one that overtakes the capture which it is about is early', () => {
  const news = {
    id: 'dsp_1',
    reference: 'dp_1',
    amountCents: 4_000,
    state: 'OPEN',
    status: 'x',
    reason: null,
  } as const;
  expect(decideDispute(payment(), [], news, NOW)).toEqual({ kind: 'EARLY' });
});
