import type { Logger } from '@souk/runtime';
import { capturableCents, type Payment } from '../domain/payment.js';
import type { Refusal } from '../domain/refusal.js';
import { historyEntry, untilApplied } from './changes.js';
import type { CancelIntent } from './followIntent.js';
import { type Clock, type PaymentStore, ProviderUnavailable } from './ports.js';

export type VoidResult =
  | { readonly ok: true; readonly payment: Payment }
  | { readonly ok: false; readonly errors: readonly Refusal[] };

/** A void that is not executed at once is taken up by the reconciliation after this long. */
const VOID_LEASE_MS = 8_000;

/**
 * Gives up what is authorized and not captured; the caller has checked that the viewer is staff. The decision is stored before the
 * provider is asked, and the reconciliation asks again until it has answered. Again is answered the same: a void is done once.
 */
export const voidPayment =
  (deps: { payments: PaymentStore; cancelIntent: CancelIntent; clock: Clock; logger: Logger }) =>
  async (command: { paymentId: string; idempotencyKey: string }): Promise<VoidResult> => {
    if (command.idempotencyKey.length < 8 || command.idempotencyKey.length > 100) {
      return refuse('INVALID', 'The idempotency key must have 8 to 100 characters.', 'idempotencyKey');
    }
    const decided = await untilApplied<VoidResult>(`payment ${command.paymentId}`, async () => {
      const [before] = await deps.payments.byIds([command.paymentId], false);
      if (before === undefined) return refuse('NOT_FOUND', 'There is no such payment.', 'paymentId');
      if (before.captureMethod === 'MANUAL' && before.cancelRequested) return { ok: true, payment: before };
      if (capturableCents(before) === 0) {
        return refuse('ILLEGAL_TRANSITION', 'Nothing is authorized that could be voided.', 'paymentId');
      }
      const now = deps.clock();
      const after: Payment = {
        ...before,
        cancelRequested: true,
        reconcileAt: new Date(now.getTime() + VOID_LEASE_MS),
        version: before.version + 1,
      };
      const history = [historyEntry('void.requested', now, { amountCents: capturableCents(before) })];
      return (await deps.payments.apply({ before, after, history })) ? { ok: true, payment: after } : undefined;
    });
    if (!decided.ok || decided.payment.state !== 'AUTHORIZED') return decided;
    try {
      return { ok: true, payment: await deps.cancelIntent(decided.payment) };
    } catch (error) {
      if (!(error instanceof ProviderUnavailable)) throw error;
      deps.logger.warn({ err: error, paymentId: command.paymentId }, 'a void is asked for again later');
      return decided;
    }
  };

function refuse(code: Refusal['code'], message: string, field: string): VoidResult & { ok: false } {
  return { ok: false, errors: [{ code, message, field: [field] }] };
}
