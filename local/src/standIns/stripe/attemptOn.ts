import type { StripeCall } from './call.js';
import { invalidRequest } from './failure.js';
import { unexpectedState } from './intentState.js';
import { flag, text } from './params.js';
import { type Attempted, attemptPayment } from './payIntent.js';
import type { PaymentIntentRecord, PaymentMethodRecord } from './records.js';

/**
 * Tries to pay the intent with the named payment method, or the one that it has. Throws when it has none, and when the
 * method might send the shopper away and there is no `return_url` to come back to.
 */
export function attemptOn(
  call: StripeCall,
  intent: PaymentIntentRecord,
  named: PaymentMethodRecord | undefined,
): Attempted {
  const method =
    named ?? (intent.paymentMethod === null ? undefined : call.store.get('payment_method', intent.paymentMethod));
  if (method === undefined) {
    throw unexpectedState(
      intent,
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    );
  }
  const returnUrl = text(call.params, 'return_url') ?? null;
  if (returnUrl !== null && !URL.canParse(returnUrl)) {
    throw invalidRequest('Not a valid URL', { code: 'url_invalid', param: 'return_url' });
  }
  const inBrowser = flag(call.params, 'use_stripe_sdk') === true;
  if (returnUrl === null && !inBrowser && intent.automatic?.allowRedirects === 'always') {
    throw invalidRequest(
      "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
      { param: 'return_url' },
    );
  }
  return attemptPayment(intent, {
    now: call.now,
    method,
    offSession: text(call.params, 'off_session') === 'true',
    returnUrl,
    authenticationUrl: (it) => `${call.origin}/3d-secure/${it.id}?client_secret=${it.clientSecret}`,
    forcedDecline: call.takeDecline(),
  });
}
