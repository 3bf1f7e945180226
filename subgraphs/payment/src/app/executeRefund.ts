import { failpoint, type Logger, newId } from '@souk/runtime';
import { decideRefundNews, type RefundSnapshot } from '../domain/decideRefund.js';
import type { Payment, Refund } from '../domain/payment.js';
import { type Cause, refundChange, untilApplied } from './changes.js';
import { providerOf } from './followIntent.js';
import {
  type Clock,
  type PaymentProvider,
  type PaymentStore,
  ProviderRefused,
  type Providers,
  ProviderUnavailable,
} from './ports.js';
import { isKeySpent, providerKeys } from './providerKeys.js';

export interface ExecuteRefundDeps {
  readonly payments: PaymentStore;
  readonly providers: Providers;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Applies the provider's word about a refund, once: its state, the ledger's two entries and `payment.refunded` in one statement. A refund
 * that was made at the provider is mirrored. `early`: the capture that it gives back is not known yet; try again later.
 */
export const applyRefund =
  (deps: Pick<ExecuteRefundDeps, 'payments' | 'clock'>) =>
  async (
    paymentId: string,
    news: RefundSnapshot,
    cause: Cause,
  ): Promise<{ payment: Payment; changed: boolean; early: boolean }> => {
    const newRefundId = newId('ref');
    return untilApplied(`payment ${paymentId}`, async () => {
      const [payment] = await deps.payments.byIds([paymentId], false);
      if (payment === undefined) throw new Error(`payment ${paymentId} has vanished`);
      const now = deps.clock();
      const decision = decideRefundNews(payment, news, newRefundId, now);
      if (decision.kind === 'NOTHING' || decision.kind === 'EARLY') {
        return { payment, changed: false, early: decision.kind === 'EARLY' };
      }
      const applied = await deps.payments.apply(refundChange(payment, decision, now, cause));
      return applied ? { payment: decision.after, changed: true, early: false } : undefined;
    });
  };

/**
 * Asks the provider for a refund that is decided and stored, and applies its answer. What is unknown stays PENDING and is asked again
 * later with the same key; a definite no becomes FAILED, and its amount can be refunded again. While a payment is disputed providers refuse
 * to refund it: then the refund waits, for the customer may lose the dispute, and still is to get his money back.
 */
export const executeRefund = (deps: ExecuteRefundDeps) => {
  const apply = applyRefund(deps);
  return async (payment: Payment, refund: Refund): Promise<{ ok: true; payment: Payment; refund: Refund }> => {
    const provider = providerOf(deps.providers, payment);
    let news: RefundSnapshot;
    try {
      await failpoint('payment.refund.beforeProvider');
      news = await ask(provider, payment, refund, deps.clock());
      await failpoint('payment.refund.afterProvider');
    } catch (error) {
      if (error instanceof ProviderUnavailable) {
        deps.logger.warn({ err: error, refundId: refund.id }, 'a refund is asked for again later');
        if (error.answered) await nextAttempt(deps, payment.id, refund);
        return { ok: true, payment, refund };
      }
      if (!(error instanceof ProviderRefused)) throw error;
      if (await isDisputed(deps, payment.id)) {
        deps.logger.warn({ err: error, refundId: refund.id }, 'a refund waits for the end of a dispute');
        await nextAttempt(deps, payment.id, refund);
        return { ok: true, payment, refund };
      }
      deps.logger.error({ err: error, code: error.code, refundId: refund.id }, 'the provider refused a refund');
      news = refusedNews(payment, refund, error.code);
    }
    const { payment: known } = await apply(payment.id, news, {});
    return { ok: true, payment: known, refund: known.refunds.find((one) => one.id === refund.id) ?? refund };
  };
};

const isDisputed = async (deps: ExecuteRefundDeps, paymentId: string): Promise<boolean> =>
  (await deps.payments.byIds([paymentId], false))[0]?.disputed ?? false;

export type ExecuteRefund = ReturnType<typeof executeRefund>;

async function ask(provider: PaymentProvider, payment: Payment, refund: Refund, now: Date): Promise<RefundSnapshot> {
  if (refund.providerReference !== null) return provider.retrieveRefund(payment, refund);
  const keyIsSpent = isKeySpent(refund, now);
  if (payment.providerReference !== null && keyIsSpent) {
    const earlier = await provider.listRefunds(payment);
    const same = earlier.find((one) => one.refundId === refund.id);
    if (same !== undefined) return same;
  }
  return provider.refund(payment, refund, providerKeys.refund(payment, refund));
}

/**
 * The provider answered with a failure that it may remember under this key: the next try takes another one, the same for all runs that met
 * this failure, so that none of them asks for it twice.
 */
async function nextAttempt(deps: ExecuteRefundDeps, paymentId: string, failed: Refund): Promise<void> {
  await untilApplied(`payment ${paymentId}`, async () => {
    const [before] = await deps.payments.byIds([paymentId], false);
    const refund = before?.refunds.find((one) => one.id === failed.id);
    if (before === undefined || refund === undefined || refund.state !== 'PENDING') return true;
    if (refund.attempt !== failed.attempt) return true;
    const after: Payment = { ...before, version: before.version + 1 };
    const refunds = [{ ...refund, attempt: refund.attempt + 1 }];
    return (await deps.payments.apply({ before, after, refunds })) || undefined;
  });
}

function refusedNews(payment: Payment, refund: Refund, failureCode: string): RefundSnapshot {
  return {
    reference: refund.providerReference ?? `refused:${refund.id}`,
    intentReference: payment.providerReference ?? '',
    refundId: refund.id,
    amountCents: refund.amountCents,
    currencyCode: payment.currencyCode,
    state: 'FAILED',
    failureCode,
  };
}
