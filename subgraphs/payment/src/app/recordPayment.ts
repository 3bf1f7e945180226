import { createHash } from 'node:crypto';
import { format, isMoney, type Money, money } from '@souk/money';
import { actorOf, newId, type Viewer } from '@souk/runtime';
import { decideRecord } from '../domain/decideRecord.js';
import type { Payment } from '../domain/payment.js';
import type { Refusal } from '../domain/refusal.js';
import { capturedEvent, historyEntry, untilApplied } from './changes.js';
import { providerOf } from './followIntent.js';
import type { Clock, PaymentStore, Providers } from './ports.js';
import { REFUND_LEASE_MS } from './refundPayment.js';

export interface RecordPaymentCommand {
  readonly paymentId: string;
  readonly amount: Money;
  /** Where staff saw it: the bank's own reference, the number of a receipt. */
  readonly reference: string;
  readonly partial: boolean;
  readonly idempotencyKey: string;
}

export type RecordPaymentResult =
  | { readonly ok: true; readonly payment: Payment }
  | { readonly ok: false; readonly errors: readonly Refusal[] };

export const MAX_REFERENCE = 140;

/**
 * Staff record money that came without a provider: a bank transfer, the cash of a delivery. It becomes captured money, the ledger's two
 * entries and (once all of it is there) `payment.captured` in one statement; what came too much is reserved to go back with it. The
 * same key records once. Less than what is due is refused with the difference told, unless it is said to be a part.
 */
export const recordPayment =
  (deps: { payments: PaymentStore; providers: Providers; clock: Clock }) =>
  async (viewer: Viewer, command: RecordPaymentCommand): Promise<RecordPaymentResult> => {
    const { amount, idempotencyKey } = command;
    const reference = command.reference.trim();
    if (idempotencyKey.length < 8 || idempotencyKey.length > 100) {
      return refuse('INVALID', 'The idempotency key must have 8 to 100 characters.', 'idempotencyKey');
    }
    if (!isMoney(amount) || amount.centAmount <= 0) {
      return refuse('INVALID', 'The amount must be more than nothing, in a known currency.', 'amount');
    }
    if (reference === '' || reference.length > MAX_REFERENCE) {
      return refuse('INVALID', `Say where the money was seen, in at most ${MAX_REFERENCE} characters.`, 'reference');
    }
    const input = [command.paymentId, amount.centAmount, amount.currencyCode, reference, command.partial];
    const wanted = {
      amountCents: amount.centAmount,
      partial: command.partial,
      requestKey: `${actorOf(viewer)}:record:${idempotencyKey}`,
      inputHash: createHash('sha256').update(JSON.stringify(input)).digest('base64url'),
    };
    return untilApplied<RecordPaymentResult>(`payment ${command.paymentId}`, async () => {
      const [before] = await deps.payments.byIds([command.paymentId], false);
      if (before === undefined) return refuse('NOT_FOUND', 'There is no such payment.', 'paymentId');
      if (providerOf(deps.providers, before).byHand === undefined) {
        return refuse('ILLEGAL_TRANSITION', 'What comes through this provider is recorded by itself.', 'paymentId');
      }
      if (before.currencyCode !== amount.currencyCode) {
        return refuse('INVALID', `This payment is in ${before.currencyCode}.`, 'amount');
      }
      const now = deps.clock();
      const ids = { id: newId('cap', now), refundId: newId('ref', now) };
      const attemptAt = new Date(now.getTime() + REFUND_LEASE_MS);
      const decision = decideRecord(before, { ...wanted, ...ids }, now, attemptAt);
      switch (decision.kind) {
        case 'EXISTS':
          return { ok: true, payment: before };
        case 'KEY_REUSED':
          return refuse('IDEMPOTENCY_KEY_REUSED', 'This key was used for another record.', 'idempotencyKey');
        case 'UNDER_WAY':
          return refuse('CONFLICT', 'A capture of this payment is under way. Try again in a moment.', 'paymentId');
        case 'SHORT': {
          const missing = format(money(decision.missingCents, before.currencyCode));
          const message = `That is ${missing} less than what is due. Record it as partial, or the whole amount.`;
          return refuse('AMOUNT_MISMATCH', message, 'amount');
        }
        case 'RECORD': {
          const { after, capture, refund, ledger, toldCents } = decision;
          const entry = { amountCents: capture.amountCents, providerEventId: reference };
          const applied = await deps.payments.apply({
            before,
            after,
            ledger,
            captures: [capture],
            refunds: refund === null ? [] : [refund],
            history: [
              historyEntry('payment.recorded', now, entry),
              ...(refund === null ? [] : [historyEntry('refund.requested', now, { amountCents: refund.amountCents })]),
            ],
            published: toldCents === null ? [] : [capturedEvent(after, toldCents, now)],
          });
          return applied ? { ok: true, payment: after } : undefined;
        }
      }
    });
  };

const refuse = (code: Refusal['code'], message: string, field: string): RecordPaymentResult & { ok: false } => ({
  ok: false,
  errors: [{ code, message, field: ['input', field] }],
});
