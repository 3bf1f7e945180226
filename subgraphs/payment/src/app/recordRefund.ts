import type { Payment, Refund } from '../domain/payment.js';
import type { Refusal } from '../domain/refusal.js';
import type { applyRefund } from './executeRefund.js';
import { providerOf } from './followIntent.js';
import type { PaymentStore, Providers } from './ports.js';
import { MAX_REFERENCE } from './recordPayment.js';

export interface RecordRefundCommand {
  readonly paymentId: string;
  readonly refundId: string;
  /** Where staff made it: the bank's own reference, the number of a receipt. */
  readonly reference: string;
}

export type RecordRefundResult =
  | { readonly ok: true; readonly payment: Payment; readonly refund: Refund }
  | { readonly ok: false; readonly errors: readonly Refusal[] };

/**
 * Staff have given money back without a provider: a decided refund becomes SUCCEEDED, with the ledger's two entries and
 * `payment.refunded`, once; again is answered the same.
 */
export const recordRefund =
  (deps: { payments: PaymentStore; providers: Providers; applyRefund: ReturnType<typeof applyRefund> }) =>
  async (command: RecordRefundCommand): Promise<RecordRefundResult> => {
    const reference = command.reference.trim();
    if (reference === '' || reference.length > MAX_REFERENCE) {
      return refuse('INVALID', `Say where it was made, in at most ${MAX_REFERENCE} characters.`, 'reference');
    }
    const [payment] = await deps.payments.byIds([command.paymentId], false);
    const refund = payment?.refunds.find(({ id }) => id === command.refundId);
    if (payment === undefined) return refuse('NOT_FOUND', 'There is no such payment.', 'paymentId');
    if (refund === undefined) return refuse('NOT_FOUND', 'This payment has no such refund.', 'refundId');
    if (providerOf(deps.providers, payment).byHand === undefined) {
      return refuse('ILLEGAL_TRANSITION', 'Refunds of this provider are made by the provider.', 'paymentId');
    }
    if (refund.state === 'FAILED') return refuse('ILLEGAL_TRANSITION', 'This refund has failed.', 'refundId');
    const news = {
      reference: refund.providerReference ?? refund.id,
      intentReference: payment.id,
      refundId: refund.id,
      amountCents: refund.amountCents,
      currencyCode: payment.currencyCode,
      state: 'SUCCEEDED' as const,
      failureCode: null,
    };
    const { payment: known } = await deps.applyRefund(payment.id, news, { providerEventId: reference });
    return { ok: true, payment: known, refund: known.refunds.find(({ id }) => id === refund.id) ?? refund };
  };

const refuse = (code: Refusal['code'], message: string, field: string): RecordRefundResult & { ok: false } => ({
  ok: false,
  errors: [{ code, message, field: ['input', field] }],
});
