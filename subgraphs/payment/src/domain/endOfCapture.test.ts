import { intent, payment } from '../testing/samples.js';
import { endCapture } from './decideCapture.js';
import { decideIntent } from './decideIntent.js';
import type { Capture } from './payment.js';

/** Found by the simulation: seed 891. */
const LOOKED_AT = new Date('2026-11-22T12:30:00.000Z');
const asked: Capture = {
  id: 'cap_1',
  paymentId: 'pay_1',
  amountCents: 4_550,
  final: true,
  state: 'PENDING',
  requestKey: 'usr_1:capture-key',
  inputHash: 'hash',
  failureCode: null,
  capturedBeforeCents: 0,
  attempt: 1,
  createdAt: LOOKED_AT,
};
const authorized = payment({
  state: 'AUTHORIZED',
  captureMethod: 'MANUAL',
  authorizedCents: 4_550,
  captures: [asked],
  reconcileAt: LOOKED_AT,
});

test.each([
  ['captured', intent({ state: 'CAPTURED', authorizedCents: 4_550, capturedCents: 4_550 })],
  ['cancelled', intent({ state: 'CANCELLED' })],
] as const)(
  'a capture whose answer got lost is still looked for after a webhook told that the intent is %s',
  (_, news) => {
    const decision = decideIntent(authorized, news);
    expect(decision).toMatchObject({ after: { reconcileAt: LOOKED_AT, captures: [{ state: 'PENDING' }] } });
  },
);

test('once the capture has ended, and nothing more can become of the payment, it is not looked for any more', () => {
  const decision = decideIntent(
    authorized,
    intent({ state: 'CAPTURED', authorizedCents: 4_550, capturedCents: 4_550 }),
  );
  if (decision.kind !== 'CAPTURE') throw new Error('not captured');
  expect(endCapture(decision.after, asked, null)).toMatchObject({
    state: 'CAPTURED',
    reconcileAt: null,
    captures: [{ state: 'SUCCEEDED' }],
  });
  expect(endCapture(authorized, asked, 'declined').reconcileAt).toEqual(LOOKED_AT);
});
