import { randomId } from '../core/randomId.js';
import { find, type StripeCall } from './call.js';
import { invalidRequest, noSuch } from './failure.js';
import { billingDetails, metadata, missing, object, requiredText, text } from './params.js';
import type { PaymentMethodRecord } from './records.js';
import { testMethodNamed, testMethodNumbered } from './testMethods.js';

/**
 * The payment method that a request names: `payment_method` is a test method (which makes a new one, as at Stripe) or
 * the id of a stored one; `payment_method_data` carries a test card number, as Stripe.js sends it.
 * Undefined when the request names none.
 */
export function methodOf(call: StripeCall): PaymentMethodRecord | undefined {
  const named = text(call.params, 'payment_method');
  if (named !== undefined && named !== null) {
    const test = testMethodNamed(named);
    if (test !== undefined) return newMethod(call, test, null);
    const stored = call.store.get('payment_method', named);
    if (stored === undefined) throw noSuch('PaymentMethod', named, 'payment_method', 400);
    return stored;
  }
  const data = object(call.params, 'payment_method_data');
  return data === undefined ? undefined : methodFromData({ ...call, params: data }, 'payment_method_data');
}

/** A new payment method from `type`, `card[number]` and `billing_details`. `within` prefixes the parameter in errors. */
export function methodFromData(call: StripeCall, within?: string): PaymentMethodRecord {
  const named = (name: string): string => (within === undefined ? name : `${within}[${name}]`);
  const type = requiredText(call.params, 'type');
  if (type !== 'card') {
    throw invalidRequest(`The payment method type "${type}" is invalid: this stand-in knows cards only.`, {
      param: named('type'),
    });
  }
  const card = object(call.params, 'card');
  if (card === undefined) throw missing(named('card'));
  const token = text(card, 'token');
  const test =
    token === undefined || token === null
      ? testMethodNumbered(requiredText(card, 'number'))
      : testMethodNamed(token.replace(/^tok_/, 'pm_card_'));
  if (test === undefined) {
    throw invalidRequest('Your card number is incorrect: it is not one of the test cards.', {
      code: 'incorrect_number',
      param: named('card[number]'),
      status: 402,
    });
  }
  return { ...newMethod(call, test, null), billing: billingDetails(call.params), metadata: metadata(call.params, {}) };
}

export function newMethod(call: StripeCall, testMethod: string, customer: string | null): PaymentMethodRecord {
  if (customer !== null) find(call, 'customer', customer, 'customer', 400);
  return { id: randomId('pm_1'), testMethod, created: call.now, customer, billing: null, metadata: {} };
}
