import { failpoint } from '@souk/runtime';
import type { IntentSnapshot } from '../domain/decideIntent.js';
import { isLive, type Payment } from '../domain/payment.js';
import type { ApplyIntent } from './applyIntent.js';
import { type Cause, untilApplied } from './changes.js';
import {
  type OrderPort,
  type PaymentProvider,
  type PaymentStore,
  ProviderRefused,
  type Providers,
  ProviderUnavailable,
} from './ports.js';
import { makeIntent, providerKeys } from './providerKeys.js';

export interface FollowIntentDeps {
  readonly orders: OrderPort;
  readonly providers: Providers;
  readonly applyIntent: ApplyIntent;
}

/** The provider of a payment. Throws when it is not configured any more. */
export function providerOf(providers: Providers, payment: Payment): PaymentProvider {
  const provider = providers.get(payment.provider);
  if (provider === undefined) throw new Error(`payment ${payment.id} is of a provider that is not configured`);
  return provider;
}

/** The intent as the provider has it; null when the provider refuses to make one. */
export async function currentIntent(provider: PaymentProvider, payment: Payment): Promise<IntentSnapshot | null> {
  if (payment.providerReference !== null) return (await provider.retrieveIntent(payment)).intent;
  try {
    return (await makeIntent(provider, payment)).intent;
  } catch (error) {
    if (error instanceof ProviderRefused) return null;
    throw error;
  }
}

/**
 * Applies what the provider says. An intent that the customer has approved, and that waits for us to take the money, is completed
 * then: once, by whoever comes first (his return, a webhook, the reconciliation), and only while what he pays for can still be
 * paid. Throws what the ports throw.
 */
export const followIntent =
  (deps: FollowIntentDeps) =>
  async (payment: Payment, intent: IntentSnapshot, cause: Cause): Promise<{ payment: Payment; changed: boolean }> => {
    const applied = await deps.applyIntent(payment, intent, cause);
    const known = applied.payment;
    if (intent.state !== 'APPROVED' || !isLive(known) || known.state === 'AUTHORIZED') return applied;
    if (known.cancelRequested || !(await isPayable(deps.orders, known))) return applied;
    const completed = await providerOf(deps.providers, known).completeIntent(known, providerKeys.completeIntent(known));
    const after = await deps.applyIntent(known, completed, applied.changed ? {} : cause);
    return { payment: after.payment, changed: applied.changed || after.changed };
  };

export type FollowIntent = ReturnType<typeof followIntent>;

/** Whether the order still waits for this payment. Throws ServiceUnavailable. */
export async function isPayable(orders: OrderPort, payment: Payment): Promise<boolean> {
  const order = await orders.forPayment(payment.orderId);
  return order?.payable === true && order.purposeId === payment.purposeId;
}

/**
 * Cancels an intent, or voids what is authorized. One that the customer has just paid cannot be cancelled: then its capture is what
 * is applied. Throws ProviderUnavailable; the reconciliation asks again.
 */
export const cancelIntent =
  (deps: Pick<FollowIntentDeps, 'providers' | 'applyIntent'> & { payments: PaymentStore }) =>
  async (payment: Payment): Promise<Payment> => {
    const provider = providerOf(deps.providers, payment);
    let intent: IntentSnapshot;
    try {
      await failpoint('payment.cancel.beforeProvider');
      intent = await provider.cancelIntent(payment, providerKeys.cancelIntent(payment));
      await failpoint('payment.cancel.afterProvider');
    } catch (error) {
      if (error instanceof ProviderUnavailable && error.answered) await nextAttempt(deps.payments, payment);
      if (!(error instanceof ProviderRefused)) throw error;
      intent = (await provider.retrieveIntent(payment)).intent;
    }
    return (await deps.applyIntent(payment, intent, {})).payment;
  };

export type CancelIntent = ReturnType<typeof cancelIntent>;

/**
 * The provider keeps refusals, and some failures, under their key: the next try needs another one. Several runs that met the same failure
 * go on with the same next key, and so with one intent.
 */
export async function nextAttempt(
  payments: PaymentStore,
  { id, attempt }: Pick<Payment, 'id' | 'attempt'>,
): Promise<void> {
  await untilApplied(`payment ${id}`, async () => {
    const [before] = await payments.byIds([id], false);
    if (before === undefined || !isLive(before) || before.attempt !== attempt) return true;
    const after: Payment = { ...before, attempt: before.attempt + 1, version: before.version + 1 };
    return (await payments.apply({ before, after })) || undefined;
  });
}
