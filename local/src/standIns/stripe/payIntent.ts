import { randomId } from '../core/randomId.js';
import { chargeTransaction } from './balance.js';
import { openDispute } from './disputes.js';
import { both, type Effects } from './effects.js';
import { cardError } from './failure.js';
import type { ChargeRecord, PaymentIntentRecord, PaymentMethodRecord } from './records.js';
import { paymentIntent } from './render.js';
import { paymentMethod } from './renderCharge.js';
import { decline, type TestOutcome, testMethod } from './testMethods.js';

/** How an attempt to pay is made. */
export interface Attempt {
  readonly now: number;
  readonly method: PaymentMethodRecord;
  /** The shopper is not there: a card that needs 3-D Secure declines. */
  readonly offSession: boolean;
  readonly returnUrl: string | null;
  /** Address of the 3-D Secure page of an intent. */
  readonly authenticationUrl: (intent: PaymentIntentRecord) => string;
  /** Set by an armed fault: declines whatever the card. */
  readonly forcedDecline: string | null;
}

export interface Attempted extends Effects {
  readonly intent: PaymentIntentRecord;
}

/** Tries to pay a confirmable intent with a payment method: the card decides, as with Stripe's test cards. */
export function attemptPayment(before: PaymentIntentRecord, attempt: Attempt): Attempted {
  const outcome =
    attempt.forcedDecline === null ? testMethod(attempt.method.testMethod).outcome : decline(attempt.forcedDecline);
  const intent: PaymentIntentRecord = {
    ...before,
    paymentMethod: attempt.method.id,
    lastPaymentError: null,
    authentication: null,
  };
  switch (outcome.kind) {
    case 'declines':
      return declined(intent, attempt.method, outcome, attempt.now);
    case 'authenticates':
      if (attempt.offSession) return declined(intent, attempt.method, decline('authentication_required'), attempt.now);
      return needsAuthentication(intent, attempt);
    case 'processes':
      return processing(intent, attempt.method, attempt.now);
    case 'succeeds':
    case 'disputed':
      return charged(intent, attempt.method, attempt.now);
  }
}

/** The shopper passed 3-D Secure. */
export function passAuthentication(intent: PaymentIntentRecord, method: PaymentMethodRecord, now: number): Attempted {
  const authenticated: PaymentIntentRecord = { ...intent, authentication: null };
  const { outcome } = testMethod(method.testMethod);
  if (outcome.kind === 'authenticates' && outcome.afterwards === 'declines') {
    return declined(authenticated, method, decline('insufficient_funds'), now);
  }
  return charged(authenticated, method, now);
}

/** The shopper failed 3-D Secure, or gave up: the intent wants another payment method. */
export function failAuthentication(before: PaymentIntentRecord, method: PaymentMethodRecord): Attempted {
  const intent: PaymentIntentRecord = {
    ...before,
    status: 'requires_payment_method',
    paymentMethod: null,
    authentication: null,
    lastPaymentError: {
      code: 'payment_intent_authentication_failure',
      declineCode: null,
      message:
        'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
      charge: null,
      paymentMethod: method,
    },
  };
  return {
    intent,
    objects: [{ kind: 'payment_intent', record: intent }],
    events: [{ type: 'payment_intent.payment_failed', about: { kind: 'payment_intent', record: intent } }],
  };
}

/** The bank debit that was `processing` arrived, or bounced. */
export function settleProcessing(
  before: PaymentIntentRecord,
  charge: ChargeRecord,
  method: PaymentMethodRecord,
  succeeded: boolean,
  now: number,
): Attempted {
  if (succeeded) return charged(before, method, now, charge);
  return declined(
    before,
    method,
    { ...decline('insufficient_funds'), message: 'The bank account has insufficient funds.' },
    now,
    charge,
  );
}

/** A new charge for the intent; nothing is captured yet. */
function newCharge(intent: PaymentIntentRecord, method: PaymentMethodRecord, now: number): ChargeRecord {
  return {
    id: randomId('ch_3'),
    created: now,
    amount: intent.amount,
    amountCaptured: 0,
    amountRefunded: 0,
    currency: intent.currency,
    status: 'pending',
    captured: false,
    disputed: false,
    paymentIntent: intent.id,
    paymentMethod: method.id,
    testMethod: method.testMethod,
    customer: intent.customer,
    metadata: intent.metadata,
    description: intent.description,
    receiptEmail: intent.receiptEmail,
    billing: method.billing,
    shipping: intent.shipping,
    balanceTransaction: null,
    failure: null,
  };
}

function declined(
  before: PaymentIntentRecord,
  method: PaymentMethodRecord,
  outcome: TestOutcome & { kind: 'declines' },
  now: number,
  pending?: ChargeRecord,
): Attempted {
  const { code, declineCode, message } = outcome;
  const charge: ChargeRecord = {
    ...(pending ?? newCharge(before, method, now)),
    status: 'failed',
    failure: { code, declineCode, message },
  };
  const intent: PaymentIntentRecord = {
    ...before,
    status: 'requires_payment_method',
    paymentMethod: null,
    latestCharge: charge.id,
    lastPaymentError: { code, declineCode, message, charge: charge.id, paymentMethod: method },
  };
  return {
    intent,
    objects: [
      { kind: 'charge', record: charge },
      { kind: 'payment_intent', record: intent },
    ],
    events: [
      { type: 'charge.failed', about: { kind: 'charge', record: charge } },
      { type: 'payment_intent.payment_failed', about: { kind: 'payment_intent', record: intent } },
    ],
    refusal: cardError({
      code,
      declineCode,
      message,
      charge: charge.id,
      paymentMethod: paymentMethod(method),
      paymentIntent: paymentIntent(intent),
    }),
  };
}

function needsAuthentication(before: PaymentIntentRecord, attempt: Attempt): Attempted {
  const intent: PaymentIntentRecord = {
    ...before,
    status: 'requires_action',
    authentication: { url: attempt.authenticationUrl(before), returnUrl: attempt.returnUrl },
  };
  return {
    intent,
    objects: [{ kind: 'payment_intent', record: intent }],
    events: [{ type: 'payment_intent.requires_action', about: { kind: 'payment_intent', record: intent } }],
  };
}

function processing(before: PaymentIntentRecord, method: PaymentMethodRecord, now: number): Attempted {
  const charge = newCharge(before, method, now);
  const intent: PaymentIntentRecord = { ...before, status: 'processing', latestCharge: charge.id };
  return {
    intent,
    objects: [
      { kind: 'charge', record: charge },
      { kind: 'payment_intent', record: intent },
    ],
    events: [
      { type: 'payment_intent.processing', about: { kind: 'payment_intent', record: intent } },
      { type: 'charge.pending', about: { kind: 'charge', record: charge } },
    ],
  };
}

function charged(
  before: PaymentIntentRecord,
  method: PaymentMethodRecord,
  now: number,
  pending?: ChargeRecord,
): Attempted {
  const paid = authorizedOrPaid(before, method, now, pending);
  // "Remember my card": Stripe attaches the method to the customer once a payment with it went well.
  if (before.setupFutureUsage === null || before.customer === null || method.customer !== null) return paid;
  const attached: PaymentMethodRecord = { ...method, customer: before.customer };
  return {
    ...both(paid, {
      objects: [{ kind: 'payment_method', record: attached }],
      events: [{ type: 'payment_method.attached', about: { kind: 'payment_method', record: attached } }],
    }),
    intent: paid.intent,
  };
}

function authorizedOrPaid(
  before: PaymentIntentRecord,
  method: PaymentMethodRecord,
  now: number,
  pending: ChargeRecord | undefined,
): Attempted {
  const open: ChargeRecord = { ...(pending ?? newCharge(before, method, now)), status: 'succeeded' };
  if (before.captureMethod === 'manual') {
    const intent: PaymentIntentRecord = { ...before, status: 'requires_capture', latestCharge: open.id };
    return {
      intent,
      objects: [
        { kind: 'charge', record: open },
        { kind: 'payment_intent', record: intent },
      ],
      events: [
        { type: 'charge.succeeded', about: { kind: 'charge', record: open } },
        { type: 'payment_intent.amount_capturable_updated', about: { kind: 'payment_intent', record: intent } },
      ],
    };
  }
  const { charge, objects } = captureCharge(open, open.amount, now);
  const intent: PaymentIntentRecord = {
    ...before,
    status: 'succeeded',
    amountReceived: charge.amountCaptured,
    latestCharge: charge.id,
  };
  const paid: Attempted = {
    intent,
    objects: [...objects, { kind: 'payment_intent', record: intent }],
    events: [
      { type: 'charge.succeeded', about: { kind: 'charge', record: charge } },
      { type: 'payment_intent.succeeded', about: { kind: 'payment_intent', record: intent } },
    ],
  };
  const { outcome } = testMethod(method.testMethod);
  if (outcome.kind !== 'disputed') return paid;
  return { ...both(paid, openDispute(charge, { amount: charge.amount, reason: outcome.reason, now })), intent };
}

/** Takes `amount` of an authorized charge; the rest is released. */
export function captureCharge(
  before: ChargeRecord,
  amount: number,
  now: number,
): { charge: ChargeRecord; objects: Effects['objects'] } {
  const transaction = chargeTransaction(before, amount, now);
  const charge: ChargeRecord = {
    ...before,
    captured: true,
    amountCaptured: amount,
    balanceTransaction: transaction.id,
  };
  return {
    charge,
    objects: [
      { kind: 'balance_transaction', record: transaction },
      { kind: 'charge', record: charge },
    ],
  };
}
