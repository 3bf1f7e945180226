import type {
  BalanceTransactionRecord,
  BillingDetails,
  ChargeRecord,
  CustomerRecord,
  DisputeRecord,
  PaymentError,
  PaymentIntentRecord,
  PaymentMethodRecord,
  RefundRecord,
  StripeObject,
} from './records.js';
import { type TestMethod, testMethod } from './testMethods.js';

/** The version of Stripe's API whose shapes are written, the one that the `stripe` package of this repository pins. */
export const API_VERSION = '2026-10-28.endive';

/** A record in the shape of Stripe's API. Pure: the same record gives the same text, now and after a restart. */
export function render(it: StripeObject): Record<string, unknown> {
  switch (it.kind) {
    case 'payment_intent':
      return paymentIntent(it.record);
    case 'charge':
      return charge(it.record);
    case 'refund':
      return refund(it.record);
    case 'dispute':
      return dispute(it.record);
    case 'payment_method':
      return paymentMethod(it.record);
    case 'customer':
      return customer(it.record);
    case 'balance_transaction':
      return balanceTransaction(it.record);
  }
}

export function paymentIntent(it: PaymentIntentRecord): Record<string, unknown> {
  return {
    id: it.id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: it.amount,
    amount_capturable: it.status === 'requires_capture' ? it.amount : 0,
    amount_details: { tip: {} },
    amount_received: it.amountReceived,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods:
      it.automatic === null ? null : { allow_redirects: it.automatic.allowRedirects, enabled: true },
    canceled_at: it.canceledAt,
    cancellation_reason: it.cancellationReason,
    capture_method: it.captureMethod,
    client_secret: it.clientSecret,
    confirmation_method: 'automatic',
    created: it.created,
    currency: it.currency,
    customer: it.customer,
    customer_account: null,
    description: it.description,
    excluded_payment_method_types: null,
    last_payment_error: it.lastPaymentError === null ? null : lastPaymentError(it.lastPaymentError),
    latest_charge: it.latestCharge,
    livemode: false,
    managed_payments: null,
    metadata: it.metadata,
    next_action: nextAction(it),
    on_behalf_of: null,
    payment_method: it.paymentMethod,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: it.methodTypes,
    payment_record: null,
    processing: it.status === 'processing' ? { type: 'us_bank_account' } : null,
    receipt_email: it.receiptEmail,
    review: null,
    setup_future_usage: it.setupFutureUsage,
    shipping: it.shipping ?? null,
    source: null,
    statement_descriptor: it.statementDescriptor,
    statement_descriptor_suffix: it.statementDescriptorSuffix,
    status: it.status,
    transfer_data: null,
    transfer_group: it.transferGroup,
  };
}

/** What a publishable key may see of an intent. */
const PUBLIC_FIELDS = [
  'id',
  'object',
  'allowed_payment_method_types',
  'amount',
  'amount_details',
  'automatic_payment_methods',
  'canceled_at',
  'cancellation_reason',
  'capture_method',
  'client_secret',
  'confirmation_method',
  'created',
  'currency',
  'description',
  'last_payment_error',
  'livemode',
  'next_action',
  'payment_method',
  'payment_method_types',
  'processing',
  'receipt_email',
  'setup_future_usage',
  'shipping',
  'source',
  'status',
] as const;

export function publicPaymentIntent(it: PaymentIntentRecord): Record<string, unknown> {
  const whole = paymentIntent(it);
  return Object.fromEntries(PUBLIC_FIELDS.map((name) => [name, whole[name]]));
}

function nextAction(it: PaymentIntentRecord): object | null {
  if (it.authentication === null) return null;
  const { url, returnUrl } = it.authentication;
  if (returnUrl !== null) return { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } };
  return { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url } };
}

function lastPaymentError(it: PaymentError): object {
  return {
    ...(it.charge === null ? {} : { charge: it.charge }),
    code: it.code,
    ...(it.declineCode === null ? {} : { decline_code: it.declineCode }),
    doc_url: `https://stripe.com/docs/error-codes/${it.code.replaceAll('_', '-')}`,
    message: it.message,
    payment_method: paymentMethod(it.paymentMethod),
    type: it.code === 'payment_intent_authentication_failure' ? 'invalid_request_error' : 'card_error',
  };
}

function charge(it: ChargeRecord): Record<string, unknown> {
  const method = testMethod(it.testMethod);
  return {
    id: it.id,
    object: 'charge',
    amount: it.amount,
    amount_captured: it.amountCaptured,
    amount_refunded: it.amountRefunded,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: it.balanceTransaction,
    billing_details: billing(it.billing),
    calculated_statement_descriptor: 'SOUK',
    captured: it.captured,
    created: it.created,
    currency: it.currency,
    customer: it.customer,
    description: it.description,
    disputed: it.disputed,
    failure_balance_transaction: null,
    failure_code: it.failure?.code ?? null,
    failure_message: it.failure?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: it.metadata,
    on_behalf_of: null,
    outcome: outcome(it),
    paid: it.status === 'succeeded',
    payment_intent: it.paymentIntent,
    payment_method: it.paymentMethod,
    payment_method_details: { [method.type]: methodDetails(method), type: method.type },
    radar_options: {},
    receipt_email: it.receiptEmail,
    receipt_number: null,
    receipt_url: null,
    refunded: it.amountCaptured > 0 && it.amountRefunded === it.amountCaptured,
    review: null,
    shipping: it.shipping ?? null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: it.status,
    transfer_data: null,
    transfer_group: null,
  };
}

function outcome(it: ChargeRecord): object | null {
  if (it.status === 'pending') return null;
  const failed = it.failure !== null;
  return {
    advice_code: null,
    network_advice_code: null,
    network_decline_code: failed ? '01' : null,
    network_status: failed ? 'declined_by_network' : 'approved_by_network',
    reason: it.failure?.declineCode ?? null,
    risk_level: 'normal',
    risk_score: 20,
    seller_message: failed ? 'The bank did not return any further details with this decline.' : 'Payment complete.',
    type: failed ? 'issuer_declined' : 'authorized',
  };
}

function methodDetails(method: TestMethod): object {
  const last4 = method.number.slice(-4);
  if (method.type === 'us_bank_account') {
    return { account_holder_type: 'individual', account_type: 'checking', bank_name: method.brand, last4 };
  }
  return {
    brand: method.brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: method.country,
    display_brand: method.brand,
    exp_month: 12,
    exp_year: 2034,
    fingerprint: `fp${method.number.slice(-8)}`,
    funding: method.funding,
    generated_from: null,
    last4,
    networks: { available: [method.brand], preferred: null },
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}

function billing(it: BillingDetails | null): object {
  return {
    address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
    email: it?.email ?? null,
    name: it?.name ?? null,
    phone: it?.phone ?? null,
    tax_id: null,
  };
}

export function paymentMethod(it: PaymentMethodRecord): Record<string, unknown> {
  const method = testMethod(it.testMethod);
  return {
    id: it.id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: billing(it.billing),
    [method.type]: methodDetails(method),
    created: it.created,
    customer: it.customer,
    customer_account: null,
    livemode: false,
    metadata: it.metadata,
    type: method.type,
  };
}

function refund(it: RefundRecord): Record<string, unknown> {
  return {
    id: it.id,
    object: 'refund',
    amount: it.amount,
    balance_transaction: it.balanceTransaction,
    charge: it.charge,
    created: it.created,
    currency: it.currency,
    customer: null,
    customer_account: null,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    ...(it.failureReason === null ? {} : { failure_reason: it.failureReason }),
    metadata: it.metadata,
    payment_intent: it.paymentIntent,
    payment_method: null,
    reason: it.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: it.status,
    transfer_reversal: null,
  };
}

function dispute(it: DisputeRecord): Record<string, unknown> {
  return {
    id: it.id,
    object: 'dispute',
    amount: it.amount,
    balance_transactions: it.balanceTransactions.map(balanceTransaction),
    charge: it.charge,
    created: it.created,
    currency: it.currency,
    enhanced_eligibility_types: [],
    evidence: {},
    evidence_details: { due_by: it.created + 7 * 86_400, has_evidence: false, past_due: false, submission_count: 0 },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: false,
    metadata: it.metadata,
    payment_intent: it.paymentIntent,
    reason: it.reason,
    status: it.status,
  };
}

function balanceTransaction(it: BalanceTransactionRecord): Record<string, unknown> {
  return {
    id: it.id,
    object: 'balance_transaction',
    amount: it.amount,
    available_on: it.created + 2 * 86_400,
    balance_type: 'payments',
    created: it.created,
    currency: it.currency,
    description: it.description,
    exchange_rate: null,
    fee: it.fee,
    fee_details:
      it.fee === 0
        ? []
        : [
            {
              amount: it.fee,
              application: null,
              currency: it.currency,
              description: 'Stripe processing fees',
              type: 'stripe_fee',
            },
          ],
    net: it.amount - it.fee,
    reporting_category: it.reportingCategory,
    source: it.source,
    status: 'pending',
    type: it.type,
  };
}

function customer(it: CustomerRecord): Record<string, unknown> {
  if (it.deleted) return { id: it.id, object: 'customer', deleted: true };
  return {
    id: it.id,
    object: 'customer',
    address: null,
    balance: 0,
    created: it.created,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: it.description,
    discount: null,
    email: it.email,
    invoice_prefix: it.id.slice(-8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: it.metadata,
    name: it.name,
    next_invoice_sequence: 1,
    phone: it.phone,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
}
