import { failpoint, type Logger, newContext, runInContext, ServiceUnavailable } from '@souk/runtime';
import { pendingCapture } from '../domain/decideCapture.js';
import type { IntentSnapshot } from '../domain/decideIntent.js';
import { isLive, type Payment } from '../domain/payment.js';
import { historyEntry } from './changes.js';
import type { ExecuteCapture } from './executeCapture.js';
import type { ExecuteRefund } from './executeRefund.js';
import {
  type CancelIntent,
  currentIntent,
  type FollowIntent,
  isPayable,
  nextAttempt,
  providerOf,
} from './followIntent.js';
import { type Clock, type OrderPort, type PaymentStore, type Providers, ProviderUnavailable } from './ports.js';
import type { SaveMethods } from './savedMethods.js';

export interface SettlePaymentsDeps {
  readonly payments: PaymentStore;
  readonly orders: OrderPort;
  readonly providers: Providers;
  readonly followIntent: FollowIntent;
  readonly cancelIntent: CancelIntent;
  readonly executeCapture: ExecuteCapture;
  readonly executeRefund: ExecuteRefund;
  readonly saveMethods: SaveMethods;
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
  const pending = pendingCapture(payment);
  if (pending !== undefined) await deps.executeCapture(payment, pending);
  const intent = await knownIntent(deps, payment);
  if (intent === null) {
    if (await isUnwanted(deps, payment)) await forget(deps, payment);
    return;
  }
  const { payment: known } = await deps.followIntent(payment, intent, {});
  if (isLive(known) && (await isUnwanted(deps, known))) await deps.cancelIntent(known);
  if (known.saveMethod && (known.state === 'CAPTURED' || known.state === 'AUTHORIZED')) await deps.saveMethods(known);
}

/**
 * The provider may keep a failure under its key for a day. Whoever met it first may have died before it could be noted: the next
 * round asks with another key.
 */
async function knownIntent(deps: SettlePaymentsDeps, payment: Payment): Promise<IntentSnapshot | null> {
  try {
    return await currentIntent(providerOf(deps.providers, payment), payment);
  } catch (error) {
    if (error instanceof ProviderUnavailable && error.answered) await nextAttempt(deps.payments, payment);
    throw error;
  }
}

/** Ends a payment that never came to be at its provider. */
async function forget(deps: SettlePaymentsDeps, before: Payment): Promise<void> {
  const after: Payment = { ...before, state: 'CANCELLED', reconcileAt: null, version: before.version + 1 };
  await deps.payments.apply({ before, after, history: [historyEntry('intent.cancelled', deps.clock())] });
}

/**
 * Whether nobody should pay into it any more. The order service has the last word, as long as nothing was decided here. Authorized
 * money has confirmed its order: it is given up only when that was decided.
 */
async function isUnwanted(deps: SettlePaymentsDeps, payment: Payment): Promise<boolean> {
  if (payment.cancelRequested) return true;
  if (payment.state === 'AUTHORIZED' || deps.clock() < payment.payableUntil) return false;
  return !(await isPayable(deps.orders, payment));
}
