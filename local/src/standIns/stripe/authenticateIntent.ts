import type { Store } from '../openStore.js';
import { find } from './call.js';
import { unexpectedState } from './intentState.js';
import { type Attempted, failAuthentication, passAuthentication } from './payIntent.js';
import type { PaymentIntentRecord } from './records.js';

/** The shopper's answer to 3-D Secure. Throws Stripe's unexpected state unless the intent waits for it. */
export function authenticateIntent(
  store: Pick<Store, 'get'>,
  intent: PaymentIntentRecord,
  outcome: 'succeed' | 'fail',
  now: number,
): Attempted {
  if (intent.status !== 'requires_action' || intent.paymentMethod === null) {
    throw unexpectedState(intent, `This PaymentIntent is ${intent.status}: there is nothing to authenticate.`);
  }
  const method = find({ store }, 'payment_method', intent.paymentMethod, 'payment_method');
  return outcome === 'succeed' ? passAuthentication(intent, method, now) : failAuthentication(intent, method);
}
