import { type Logger, ServiceUnavailable, type Viewer } from '@souk/runtime';
import type { Payment } from '../domain/payment.js';
import type { Refusal } from '../domain/refusal.js';
import { type FollowIntent, nextAttempt, providerOf } from './followIntent.js';
import { type OpenedIntent, type PaymentStore, ProviderRefused, type Providers, ProviderUnavailable } from './ports.js';
import { viewerMayPay } from './viewerMaySee.js';

export interface ConfirmSessionDeps {
  readonly payments: PaymentStore;
  readonly providers: Providers;
  readonly followIntent: FollowIntent;
  readonly logger: Logger;
}

export interface ConfirmSessionResult {
  readonly payment: Payment | null;
  /** What the customer still needs to pay; null once he has. */
  readonly opened: OpenedIntent | null;
  readonly errors: readonly Refusal[];
}

/**
 * The customer has come back from paying: asks the provider how it went, and completes a payment that he has approved. Safe to call at
 * any time and any number of times, also beside the provider's webhook, which does the same.
 */
export const confirmSession =
  (deps: ConfirmSessionDeps) =>
  async (viewer: Viewer, paymentId: string): Promise<ConfirmSessionResult> => {
    const [payment] = await deps.payments.byIds([paymentId], false);
    if (payment === undefined || !viewerMayPay(viewer, payment)) {
      return refuse(null, 'NOT_FOUND', 'There is no such payment.');
    }
    if (payment.providerReference === null || payment.state === 'CAPTURED' || payment.state === 'CANCELLED') {
      return { payment, opened: null, errors: [] };
    }
    try {
      const opened = await providerOf(deps.providers, payment).retrieveIntent(payment);
      const { payment: known } = await deps.followIntent(payment, opened.intent, {});
      const open = known.state === 'CREATED' || known.state === 'REQUIRES_ACTION' || known.state === 'FAILED';
      return { payment: known, opened: open ? opened : null, errors: [] };
    } catch (error) {
      if (error instanceof ServiceUnavailable) {
        return refuse(payment, 'DEPENDENCY_UNAVAILABLE', 'The order cannot be read right now. Try again in a moment.');
      }
      if (error instanceof ProviderUnavailable) {
        deps.logger.warn({ err: error, paymentId }, 'the provider cannot be reached');
        if (error.answered) await nextAttempt(deps.payments, payment);
        const message = 'The payment provider cannot be reached right now. Try again in a moment.';
        return refuse(payment, 'PROVIDER_UNAVAILABLE', message);
      }
      if (!(error instanceof ProviderRefused)) throw error;
      deps.logger.error({ err: error, code: error.code, paymentId }, 'the provider refused to complete a payment');
      await nextAttempt(deps.payments, payment);
      return refuse(payment, 'PROVIDER_DECLINED', 'The payment provider does not accept this payment.');
    }
  };

const refuse = (payment: Payment | null, code: Refusal['code'], message: string): ConfirmSessionResult => ({
  payment,
  opened: null,
  errors: [{ code, message, field: ['paymentId'] }],
});
