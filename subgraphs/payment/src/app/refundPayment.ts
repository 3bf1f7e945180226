import { createHash } from 'node:crypto';
import { isMoney, type Money } from '@souk/money';
import { actorOf, newId, type Viewer } from '@souk/runtime';
import { decideRefundRequest } from '../domain/decideRefund.js';
import type { Payment, Refund } from '../domain/payment.js';
import type { Refusal } from '../domain/refusal.js';
import { historyEntry, untilApplied } from './changes.js';
import type { ExecuteRefund } from './executeRefund.js';
import type { Clock, PaymentStore } from './ports.js';

export interface RefundCommand {
  readonly paymentId: string;
  /** Null: all that is left. */
  readonly amount: Money | null;
  readonly reason: string | null;
  /** The accepted return that it pays for. */
  readonly returnId: string | null;
  readonly idempotencyKey: string;
}

export type RefundResult =
  | { readonly ok: true; readonly payment: Payment; readonly refund: Refund }
  | { readonly ok: false; readonly errors: readonly Refusal[] };

/** A refund that is not executed at once is taken up by the sweeper after this long. */
export const REFUND_LEASE_MS = 8_000;
const MAX_REASON = 500;

/**
 * Gives back all or a part of a captured payment; the caller has checked that the viewer is staff. The amount is first taken out
 * of what can still be refunded, bound to the version of the payment that was read, so refunds that race never exceed what was captured;
 * then the provider is asked, and asked again by the sweeper until it answers. The same key answers the same refund.
 */
export const refundPayment =
  (deps: { payments: PaymentStore; executeRefund: ExecuteRefund; clock: Clock }) =>
  async (viewer: Viewer, command: RefundCommand): Promise<RefundResult> => {
    const { amount, idempotencyKey } = command;
    const reason = command.reason?.trim() || null;
    if (idempotencyKey.length < 8 || idempotencyKey.length > 100) {
      return refuse('INVALID', 'The idempotency key must have 8 to 100 characters.', 'idempotencyKey');
    }
    if (amount !== null && (!isMoney(amount) || amount.centAmount <= 0)) {
      return refuse('INVALID', 'The amount must be more than nothing, in a known currency.', 'amount');
    }
    if (command.returnId !== null && !/^rtn_[0-9a-z]{1,60}$/.test(command.returnId)) {
      return refuse('INVALID', 'This is not the id of a return.', 'returnId');
    }
    if (reason !== null && reason.length > MAX_REASON) {
      return refuse('INVALID', `A reason has at most ${MAX_REASON} characters.`, 'reason');
    }
    const requestKey = `${actorOf(viewer)}:${idempotencyKey}`;
    const input = [
      command.paymentId,
      amount?.centAmount ?? null,
      amount?.currencyCode ?? null,
      reason,
      ...(command.returnId === null ? [] : [command.returnId]),
    ];
    const inputHash = createHash('sha256').update(JSON.stringify(input)).digest('base64url');

    const reserved = await untilApplied<RefundResult>(`payment ${command.paymentId}`, async () => {
      const [before] = await deps.payments.byIds([command.paymentId], false);
      if (before === undefined) return refuse('NOT_FOUND', 'There is no such payment.', 'paymentId');
      if (amount !== null && before.currencyCode !== amount.currencyCode) {
        return refuse('INVALID', `This payment is in ${before.currencyCode}.`, 'amount');
      }
      const now = deps.clock();
      const attemptAt = new Date(now.getTime() + REFUND_LEASE_MS);
      const id = newId('ref', now);
      const wanted = {
        id,
        amountCents: amount?.centAmount ?? null,
        reason,
        initiatedBy: command.returnId === null ? ('STAFF' as const) : ('CUSTOMER_RETURN' as const),
        returnId: command.returnId,
        requestKey,
        inputHash,
      };
      const decision = decideRefundRequest(before, wanted, now, attemptAt);
      switch (decision.kind) {
        case 'EXISTS':
          return { ok: true, payment: before, refund: decision.refund };
        case 'KEY_REUSED':
          return refuse('IDEMPOTENCY_KEY_REUSED', 'This key was used for another refund.', 'idempotencyKey');
        case 'NOT_CAPTURED':
          return refuse('ILLEGAL_TRANSITION', 'Only a captured payment can be refunded.', 'paymentId');
        case 'NOTHING_LEFT':
          return refuse('REFUND_EXCEEDS_CAPTURED', 'All of this payment was given back already.', 'paymentId');
        case 'EXCEEDS_CAPTURED':
          return refuse('REFUND_EXCEEDS_CAPTURED', 'That is more than what can still be refunded.', 'amount');
        case 'RESERVE': {
          const { after, refund } = decision;
          const history = [historyEntry('refund.requested', now, { amountCents: refund.amountCents })];
          const applied = await deps.payments.apply({ before, after, refunds: [refund], history });
          return applied ? { ok: true, payment: after, refund } : undefined;
        }
      }
    });
    if (!reserved.ok || reserved.refund.state !== 'PENDING') return reserved;
    return deps.executeRefund(reserved.payment, reserved.refund);
  };

function refuse(code: Refusal['code'], message: string, field: string): RefundResult & { ok: false } {
  return { ok: false, errors: [{ code, message, field: ['input', field] }] };
}
