import type {
  BalanceTransactionRecord,
  CustomerRecord,
  DisputeRecord,
  PaymentError,
  PaymentIntentRecord,
  RefundRecord,
  StripeObject,
} from './records.js';
import { charge, paymentMethod } from './renderCharge.js';

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
