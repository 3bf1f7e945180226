import { failpoint, type Logger, newContext, runInContext, ServiceUnavailable } from '@souk/runtime';
import type { IntentSnapshot } from '../domain/decideIntent.js';
import { isLive, type Payment } from '../domain/payment.js';
import type { ApplyIntent } from './applyIntent.js';
import { historyEntry } from './changes.js';
import type { ExecuteRefund } from './executeRefund.js';
import {
  type Clock,
  type OrderPort,
  type PaymentProvider,
  type PaymentStore,
  ProviderRefused,
  type Providers,
  ProviderUnavailable,
} from './ports.js';
import { makeIntent, providerKeys } from './providerKeys.js';

export interface SettlePaymentsDeps {
  readonly payments: PaymentStore;
  readonly orders: OrderPort;
  readonly providers: Providers;
  readonly applyIntent: ApplyIntent;
  readonly executeRefund: ExecuteRefund;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Payments or refunds of one round. */
const BATCH = 20;

/**
 * One round of the reconciliation: asks the provider about payments whose end we have not heard of, so that a lost webhook loses no
 * payment, and cancels the intents of orders that will not be delivered. Answers whether there may be more.
 */
export const settlePayments = (deps: SettlePaymentsDeps) => async (): Promise<boolean> => {
  const payments = await deps.payments.takeUnsettled(BATCH);
  if (payments.length > 0) await failpoint('payment.settle.afterTake');
  await each(
    deps,
    payments,
    (payment) => payment.id,
    (payment) => settle(deps, payment),
  );
  return payments.length === BATCH;
};

/** One round of the refund sweeper: asks for the refunds that are decided and not confirmed. */
export const settleRefunds = (deps: SettlePaymentsDeps) => async (): Promise<boolean> => {
  const due = await deps.payments.takeRefunds(BATCH);
  const ids = [...new Set(due.map(({ paymentId }) => paymentId))];
  const payments = ids.length === 0 ? [] : await deps.payments.byIds(ids, false);
  await each(
    deps,
    due,
    ({ refundId }) => refundId,
    async ({ paymentId, refundId }) => {
      const payment = payments.find((one) => one?.id === paymentId);
      const refund = payment?.refunds.find((one) => one.id === refundId);
      if (payment !== undefined && refund?.state === 'PENDING') await deps.executeRefund(payment, refund);
    },
  );
  return due.length === BATCH;
};

/** Several at a time; one that fails is logged and does not keep the others. */
async function each<T>(
  deps: SettlePaymentsDeps,
  items: readonly T[],
  name: (item: T) => string,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  await Promise.all(
    items.map((item) =>
      runInContext(newContext('background', { actor: 'service:payment' }), async () => {
        try {
          await work(item);
        } catch (error) {
          const expected = error instanceof ProviderUnavailable || error instanceof ServiceUnavailable;
          deps.logger[expected ? 'warn' : 'error']({ err: error, id: name(item) }, 'settling is tried again later');
        }
      }),
    ),
  );
}

async function settle(deps: SettlePaymentsDeps, payment: Payment): Promise<void> {
  const provider = deps.providers.get(payment.provider);
  if (provider === undefined) throw new Error(`payment ${payment.id} is of a provider that is not configured`);
  const intent = await findIntent(provider, payment);
  if (intent === null) {
    if (await isUnwanted(deps, payment)) await forget(deps, payment);
    return;
  }
  const { payment: known } = await deps.applyIntent(payment, intent, {});
  if (isLive(known) && (await isUnwanted(deps, known))) await cancel(deps, provider, known);
}

/** The intent as the provider has it; null when the provider has refused to make one. */
async function findIntent(provider: PaymentProvider, payment: Payment): Promise<IntentSnapshot | null> {
  if (payment.providerReference !== null) return (await provider.retrieveIntent(payment.providerReference)).intent;
  try {
    return (await makeIntent(provider, payment)).intent;
  } catch (error) {
    if (error instanceof ProviderRefused) return null;
    throw error;
  }
}

/** Ends a payment that never came to be at its provider. */
async function forget(deps: SettlePaymentsDeps, before: Payment): Promise<void> {
  const after: Payment = { ...before, state: 'CANCELLED', reconcileAt: null, version: before.version + 1 };
  await deps.payments.apply({ before, after, history: [historyEntry('intent.cancelled', deps.clock())] });
}

/** Whether nobody should pay into it any more. The order service has the last word, as long as nothing was decided here. */
async function isUnwanted(deps: SettlePaymentsDeps, payment: Payment): Promise<boolean> {
  if (payment.cancelRequested) return true;
  if (deps.clock() < payment.payableUntil) return false;
  const order = await deps.orders.forPayment(payment.orderId);
  return order === null || !order.payable;
}

/** Cancels an intent. One that the customer has just paid cannot be cancelled: then its capture is what is applied. */
async function cancel(deps: SettlePaymentsDeps, provider: PaymentProvider, payment: Payment): Promise<void> {
  const reference = payment.providerReference;
  if (reference === null) throw new Error(`payment ${payment.id} has no intent to cancel`);
  let intent: IntentSnapshot;
  try {
    await failpoint('payment.cancel.beforeProvider');
    intent = await provider.cancelIntent(reference, providerKeys.cancelIntent(payment));
    await failpoint('payment.cancel.afterProvider');
  } catch (error) {
    if (!(error instanceof ProviderRefused)) throw error;
    intent = (await provider.retrieveIntent(reference)).intent;
  }
  await deps.applyIntent(payment, intent, {});
}
