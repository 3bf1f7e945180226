import type { BillingDetails, ChargeRecord, PaymentMethodRecord } from './records.js';
import { type TestMethod, testMethod } from './testMethods.js';

/** A charge, with the card that was charged. */
export function charge(it: ChargeRecord): Record<string, unknown> {
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
    payment_method_details: {
      [method.type]: { ...methodDetails(method), ...(isAuthorization(it) ? { capture_before: lapsesAt(it) } : {}) },
      type: method.type,
    },
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

const isAuthorization = (it: ChargeRecord): boolean => it.status === 'succeeded' && !it.captured;

/** Card authorizations are held for seven days. */
const lapsesAt = (it: ChargeRecord): number => it.created + 7 * 86_400;

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

/** A payment method. */
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
