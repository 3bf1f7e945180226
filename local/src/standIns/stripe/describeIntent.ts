import { find, type StripeCall } from './call.js';
import { invalidRequest } from './failure.js';
import { methodOf } from './methodOf.js';
import { metadata, object, oneOf, strings, text } from './params.js';
import type { PaymentIntentRecord, PaymentMethodRecord } from './records.js';

/** The intent with the parameters that only describe it, and the payment method that the request names, if any. */
export function described(
  call: StripeCall,
  before: PaymentIntentRecord,
): { intent: PaymentIntentRecord; method: PaymentMethodRecord | undefined } {
  const { params } = call;
  const keep = (name: string, old: string | null): string | null => {
    const sent = text(params, name);
    return sent === undefined ? old : sent;
  };
  const customer = keep('customer', before.customer);
  if (customer !== null && customer !== before.customer) find(call, 'customer', customer, 'customer', 400);
  const method = methodOf(call);
  if (method !== undefined && method.customer !== null && method.customer !== customer) {
    throw invalidRequest(
      'The provided PaymentMethod is attached to a different Customer, or the customer was not provided.',
      { param: 'payment_method' },
    );
  }
  const intent: PaymentIntentRecord = {
    ...before,
    customer,
    metadata: metadata(params, before.metadata),
    description: keep('description', before.description),
    receiptEmail: keep('receipt_email', before.receiptEmail),
    statementDescriptor: keep('statement_descriptor', before.statementDescriptor),
    statementDescriptorSuffix: keep('statement_descriptor_suffix', before.statementDescriptorSuffix),
    transferGroup: keep('transfer_group', before.transferGroup),
    setupFutureUsage:
      text(params, 'setup_future_usage') === null
        ? null
        : (oneOf(params, 'setup_future_usage', ['on_session', 'off_session']) ?? before.setupFutureUsage),
    shipping: object(params, 'shipping') ?? before.shipping,
    methodTypes: strings(params, 'payment_method_types') ?? before.methodTypes,
    ...(method === undefined ? {} : { paymentMethod: method.id, status: 'requires_confirmation' as const }),
  };
  return { intent, method };
}
