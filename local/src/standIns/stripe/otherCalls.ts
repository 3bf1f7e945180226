import { randomId } from '../core/randomId.js';
import { find, type StripeAnswer, type StripeCall, show } from './call.js';
import { invalidRequest } from './failure.js';
import { methodFromData, newMethod } from './methodOf.js';
import { allowOnly, integer, metadata, oneOf, requiredText, text } from './params.js';
import type { ChargeRecord, CustomerRecord, PaymentMethodRecord, RefundRecord, StripeObjectKind } from './records.js';
import { createRefund } from './refunds.js';
import { render } from './render.js';
import { testMethodNamed } from './testMethods.js';

/** GET /v1/<things>/:id */
export const retrieve =
  <K extends StripeObjectKind>(kind: K, param: string) =>
  (call: StripeCall): StripeAnswer => {
    allowOnly(call.params, []);
    // A kind and the record of that kind always fit together; the compiler cannot see it through the type parameter.
    return show(render({ kind, record: find(call, kind, call.id, param) } as Parameters<typeof render>[0]));
  };

/** POST /v1/refunds */
export function refundCreate(call: StripeCall): StripeAnswer {
  const { params } = call;
  allowOnly(params, ['amount', 'charge', 'payment_intent', 'reason', 'metadata', 'instructions_email']);
  const made = createRefund(chargeToRefund(call), {
    amount: integer(params, 'amount'),
    reason: oneOf(params, 'reason', ['duplicate', 'fraudulent', 'requested_by_customer']) ?? null,
    metadata: metadata(params, {}),
    now: call.now,
  });
  return { ...made, body: render({ kind: 'refund', record: made.refund }) };
}

function chargeToRefund(call: StripeCall): ChargeRecord {
  const chargeId = text(call.params, 'charge');
  if (typeof chargeId === 'string') return find(call, 'charge', chargeId, 'charge');
  const intentId = text(call.params, 'payment_intent');
  if (typeof intentId !== 'string') {
    throw invalidRequest('One of the following params should be provided for this request: payment_intent or charge.');
  }
  const intent = find(call, 'payment_intent', intentId, 'payment_intent');
  const charge = intent.latestCharge === null ? undefined : call.store.get('charge', intent.latestCharge);
  if (charge === undefined) {
    throw invalidRequest(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`);
  }
  return charge;
}

/** POST /v1/refunds/:id: its metadata is all that may change. */
export function refundUpdate(call: StripeCall): StripeAnswer {
  allowOnly(call.params, ['metadata']);
  const before = find(call, 'refund', call.id, 'refund');
  const record: RefundRecord = { ...before, metadata: metadata(call.params, before.metadata) };
  return {
    body: render({ kind: 'refund', record }),
    objects: [{ kind: 'refund', record }],
    events: [{ type: 'refund.updated', about: { kind: 'refund', record }, previous: { metadata: before.metadata } }],
  };
}

const CUSTOMER = ['email', 'name', 'phone', 'description', 'metadata', 'address', 'shipping', 'preferred_locales'];

/** POST /v1/customers */
export function customerCreate(call: StripeCall): StripeAnswer {
  allowOnly(call.params, [...CUSTOMER, 'payment_method']);
  const record = customerWith(call, {
    id: randomId('cus_', 14),
    created: call.now,
    email: null,
    name: null,
    phone: null,
    description: null,
    metadata: {},
    deleted: false,
  });
  return {
    body: render({ kind: 'customer', record }),
    objects: [{ kind: 'customer', record }],
    events: [{ type: 'customer.created', about: { kind: 'customer', record } }],
  };
}

/** POST /v1/customers/:id */
export function customerUpdate(call: StripeCall): StripeAnswer {
  allowOnly(call.params, CUSTOMER);
  const record = customerWith(call, liveCustomer(call));
  return {
    body: render({ kind: 'customer', record }),
    objects: [{ kind: 'customer', record }],
    events: [{ type: 'customer.updated', about: { kind: 'customer', record } }],
  };
}

/** DELETE /v1/customers/:id */
export function customerDelete(call: StripeCall): StripeAnswer {
  const before = liveCustomer(call);
  const record: CustomerRecord = { ...before, email: null, name: null, phone: null, metadata: {}, deleted: true };
  return {
    body: render({ kind: 'customer', record }),
    objects: [{ kind: 'customer', record }],
    events: [{ type: 'customer.deleted', about: { kind: 'customer', record: before } }],
  };
}

function liveCustomer(call: StripeCall): CustomerRecord {
  const customer = find(call, 'customer', call.id, 'id');
  if (customer.deleted)
    throw invalidRequest(`No such customer: '${call.id}'`, { code: 'resource_missing', param: 'id', status: 404 });
  return customer;
}

function customerWith(call: StripeCall, before: CustomerRecord): CustomerRecord {
  const keep = (name: 'email' | 'name' | 'phone' | 'description'): string | null => {
    const sent = text(call.params, name);
    return sent === undefined ? before[name] : sent;
  };
  const email = keep('email');
  if (email !== null && !/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw invalidRequest(`Invalid email address: ${email}`, { code: 'email_invalid', param: 'email' });
  }
  return {
    ...before,
    email,
    name: keep('name'),
    phone: keep('phone'),
    description: keep('description'),
    metadata: metadata(call.params, before.metadata),
  };
}

/** POST /v1/payment_methods, also with a publishable key (Stripe.js). */
export function methodCreate(call: StripeCall): StripeAnswer {
  allowOnly(call.params, ['type', 'card', 'billing_details', 'metadata', 'key', 'allow_redisplay']);
  const record = methodFromData(call);
  return {
    body: render({ kind: 'payment_method', record }),
    objects: [{ kind: 'payment_method', record }],
    events: [],
  };
}

/** POST /v1/payment_methods/:id/attach; a test method (`pm_card_visa`) becomes a new one of that customer. */
export function methodAttach(call: StripeCall): StripeAnswer {
  allowOnly(call.params, ['customer']);
  const customer = requiredText(call.params, 'customer');
  find(call, 'customer', customer, 'customer', 400);
  const test = testMethodNamed(call.id);
  const before =
    test === undefined ? find(call, 'payment_method', call.id, 'payment_method') : newMethod(call, test, null);
  if (before.customer !== null && before.customer !== customer) {
    throw invalidRequest('The payment method you provided has already been attached to a customer.', {
      code: 'payment_method_already_attached',
    });
  }
  return attached({ ...before, customer }, 'payment_method.attached');
}

/** POST /v1/payment_methods/:id/detach */
export function methodDetach(call: StripeCall): StripeAnswer {
  allowOnly(call.params, []);
  const before = find(call, 'payment_method', call.id, 'payment_method');
  if (before.customer === null) {
    throw invalidRequest('The payment method you provided is not attached to a customer so detachment is impossible.', {
      code: 'payment_method_not_attached',
    });
  }
  return attached({ ...before, customer: null }, 'payment_method.detached');
}

function attached(record: PaymentMethodRecord, type: string): StripeAnswer {
  return {
    body: render({ kind: 'payment_method', record }),
    objects: [{ kind: 'payment_method', record }],
    events: [{ type, about: { kind: 'payment_method', record } }],
  };
}
