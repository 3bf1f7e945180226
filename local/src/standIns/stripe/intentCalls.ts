import { randomId } from '../core/randomId.js';
import { attemptOn } from './attemptOn.js';
import { find, type StripeAnswer, type StripeCall, show } from './call.js';
import { described } from './describeIntent.js';
import { both, type Effects } from './effects.js';
import { invalidRequest } from './failure.js';
import { requireState } from './intentState.js';
import {
  allowOnly,
  checkAmount,
  checkCurrency,
  flag,
  integer,
  metadata,
  missing,
  object,
  oneOf,
  requiredText,
  strings,
  text,
} from './params.js';
import { captureCharge } from './payIntent.js';
import type { PaymentIntentRecord } from './records.js';
import { paymentIntent, publicPaymentIntent } from './render.js';

const DESCRIBING = [
  'customer',
  'description',
  'metadata',
  'payment_method',
  'payment_method_data',
  'payment_method_options',
  'payment_method_types',
  'receipt_email',
  'setup_future_usage',
  'shipping',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_group',
] as const;
const CONFIRMING = ['off_session', 'return_url', 'use_stripe_sdk', 'mandate_data', 'client_secret', 'key'] as const;

/** POST /v1/payment_intents */
export function createIntent(call: StripeCall): StripeAnswer {
  const { params } = call;
  allowOnly(params, [
    ...DESCRIBING,
    ...CONFIRMING,
    'amount',
    'currency',
    'automatic_payment_methods',
    'capture_method',
    'confirmation_method',
    'confirm',
    'error_on_requires_action',
  ]);
  const amount = integer(params, 'amount');
  if (amount === undefined) throw missing('amount');
  const currency = checkCurrency(requiredText(params, 'currency'));
  const automatic = object(params, 'automatic_payment_methods');
  const types = strings(params, 'payment_method_types');
  const enabled = automatic === undefined ? types === undefined : flag(automatic, 'enabled') === true;
  if (automatic !== undefined && enabled && types !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: automatic_payment_methods, payment_method_types.',
    );
  }
  const redirects =
    (automatic === undefined ? undefined : oneOf(automatic, 'allow_redirects', ['always', 'never'])) ?? 'always';
  const id = randomId('pi_3');
  const blank: PaymentIntentRecord = {
    id,
    clientSecret: randomId(`${id}_secret_`, 25),
    created: call.now,
    amount: checkAmount(amount, currency),
    amountReceived: 0,
    currency,
    status: 'requires_payment_method',
    captureMethod: oneOf(params, 'capture_method', ['automatic', 'automatic_async', 'manual']) ?? 'automatic_async',
    automatic: enabled ? { allowRedirects: redirects } : null,
    methodTypes: types ?? ['card'],
    metadata: {},
    description: null,
    receiptEmail: null,
    statementDescriptor: null,
    statementDescriptorSuffix: null,
    transferGroup: null,
    setupFutureUsage: null,
    shipping: null,
    customer: null,
    paymentMethod: null,
    latestCharge: null,
    lastPaymentError: null,
    authentication: null,
    canceledAt: null,
    cancellationReason: null,
  };
  const { intent, method } = described(call, blank);
  const created: Effects = {
    objects: [
      ...(method === undefined ? [] : [{ kind: 'payment_method' as const, record: method }]),
      { kind: 'payment_intent', record: intent },
    ],
    events: [{ type: 'payment_intent.created', about: { kind: 'payment_intent', record: intent } }],
  };
  if (flag(params, 'confirm') !== true) return { ...created, body: paymentIntent(intent) };
  const attempt = attemptOn(call, intent, method);
  return { ...both(created, attempt), body: paymentIntent(attempt.intent) };
}

/** GET /v1/payment_intents/:id; with a publishable key the client secret must be there and fit. */
export function retrieveIntent(call: StripeCall): StripeAnswer {
  allowOnly(call.params, ['client_secret', 'key']);
  const intent = findIntent(call);
  return show(shown(call, intent));
}

/** POST /v1/payment_intents/:id */
export function updateIntent(call: StripeCall): StripeAnswer {
  const { params } = call;
  allowOnly(params, [...DESCRIBING, 'amount', 'currency', 'capture_method', 'client_secret', 'key']);
  const before = findIntent(call);
  const amount = integer(params, 'amount');
  const currency = text(params, 'currency');
  const moneyChanges = amount !== undefined || (currency !== undefined && currency !== null);
  const methodNamed = params.payment_method !== undefined || params.payment_method_data !== undefined;
  const changesPayment = moneyChanges || methodNamed || params.capture_method !== undefined;
  if (changesPayment) requireState(before, 'updateAmount');
  const nextCurrency = typeof currency === 'string' ? checkCurrency(currency) : before.currency;
  const { intent, method } = described(call, {
    ...before,
    amount: moneyChanges ? checkAmount(amount ?? before.amount, nextCurrency) : before.amount,
    currency: nextCurrency,
    captureMethod: oneOf(params, 'capture_method', ['automatic', 'automatic_async', 'manual']) ?? before.captureMethod,
    // What the shopper authenticated is no longer what will be charged.
    ...(changesPayment && before.status === 'requires_action'
      ? { status: 'requires_confirmation' as const, authentication: null }
      : {}),
  });
  return {
    body: shown(call, intent),
    objects: [
      ...(method === undefined ? [] : [{ kind: 'payment_method' as const, record: method }]),
      { kind: 'payment_intent', record: intent },
    ],
    events: [],
  };
}

/** POST /v1/payment_intents/:id/confirm, by the shop or (publishable key and client secret) by Stripe.js. */
export function confirmIntent(call: StripeCall): StripeAnswer {
  const { params } = call;
  allowOnly(params, [
    ...CONFIRMING,
    'payment_method',
    'payment_method_data',
    'payment_method_options',
    'payment_method_types',
    'receipt_email',
    'setup_future_usage',
    'shipping',
    'capture_method',
    'error_on_requires_action',
    'expected_payment_method_type',
  ]);
  const before = findIntent(call);
  requireState(before, 'confirm');
  const { intent, method } = described(call, {
    ...before,
    captureMethod: oneOf(params, 'capture_method', ['automatic', 'automatic_async', 'manual']) ?? before.captureMethod,
  });
  const attempt = attemptOn(call, intent, method);
  return {
    ...attempt,
    objects: [
      ...(method === undefined ? [] : [{ kind: 'payment_method' as const, record: method }]),
      ...attempt.objects,
    ],
    body: shown(call, attempt.intent),
  };
}

/** POST /v1/payment_intents/:id/capture */
export function captureIntent(call: StripeCall): StripeAnswer {
  const { params } = call;
  allowOnly(params, [
    'amount_to_capture',
    'metadata',
    'statement_descriptor',
    'statement_descriptor_suffix',
    'final_capture',
  ]);
  const before = findIntent(call);
  requireState(before, 'capture');
  const amount = integer(params, 'amount_to_capture') ?? before.amount;
  if (amount < 1) {
    throw invalidRequest('Invalid positive integer', {
      code: 'parameter_invalid_integer',
      param: 'amount_to_capture',
    });
  }
  if (amount > before.amount) {
    throw invalidRequest(
      `The amount_to_capture provided (${amount}) is greater than the PaymentIntent's amount_capturable (${before.amount}).`,
      { code: 'amount_too_large', param: 'amount_to_capture' },
    );
  }
  const { charge, objects } = captureCharge(find(call, 'charge', before.latestCharge ?? ''), amount, call.now);
  const intent: PaymentIntentRecord = {
    ...before,
    metadata: metadata(params, before.metadata),
    status: 'succeeded',
    amountReceived: amount,
  };
  return {
    body: paymentIntent(intent),
    objects: [...objects, { kind: 'payment_intent', record: intent }],
    events: [
      { type: 'charge.captured', about: { kind: 'charge', record: charge } },
      { type: 'payment_intent.succeeded', about: { kind: 'payment_intent', record: intent } },
    ],
  };
}

/** POST /v1/payment_intents/:id/cancel */
export function cancelIntent(call: StripeCall): StripeAnswer {
  allowOnly(call.params, ['cancellation_reason']);
  const before = findIntent(call);
  requireState(before, 'cancel');
  const intent: PaymentIntentRecord = {
    ...before,
    status: 'canceled',
    authentication: null,
    canceledAt: call.now,
    cancellationReason:
      oneOf(call.params, 'cancellation_reason', ['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned']) ??
      null,
  };
  return {
    body: paymentIntent(intent),
    objects: [{ kind: 'payment_intent', record: intent }],
    events: [{ type: 'payment_intent.canceled', about: { kind: 'payment_intent', record: intent } }],
  };
}

function findIntent(call: StripeCall): PaymentIntentRecord {
  const intent = find(call, 'payment_intent', call.id, 'intent');
  if (!call.publishable) return intent;
  const secret = requiredText(call.params, 'client_secret');
  if (secret === intent.clientSecret) return intent;
  throw invalidRequest('The client_secret provided does not match any associated PaymentIntent.', {
    code: 'payment_intent_invalid_parameter',
    param: 'client_secret',
  });
}

const shown = (call: StripeCall, intent: PaymentIntentRecord): Record<string, unknown> =>
  call.publishable ? publicPaymentIntent(intent) : paymentIntent(intent);
