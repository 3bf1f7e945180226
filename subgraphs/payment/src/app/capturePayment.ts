import { createHash } from 'node:crypto';
import { isMoney, type Money } from '@souk/money';
import { actorOf, newId, type Viewer } from '@souk/runtime';
import { decideCaptureRequest } from '../domain/decideCapture.js';
import type { Capture, Payment } from '../domain/payment.js';
import type { Refusal } from '../domain/refusal.js';
import { historyEntry, untilApplied } from './changes.js';
import type { ExecuteCapture } from './executeCapture.js';
import { providerOf } from './followIntent.js';
import type { Clock, PaymentStore, Providers } from './ports.js';

export interface CaptureCommand {
  readonly paymentId: string;
  /** Null: all that is left. */
  readonly amount: Money | null;
  readonly final: boolean;
  readonly idempotencyKey: string;
}

export type CaptureResult =
  | { readonly ok: true; readonly payment: Payment; readonly capture: Capture }
  | { readonly ok: false; readonly errors: readonly Refusal[] };

/** A capture that is not executed at once is taken up by the reconciliation after this long. */
const CAPTURE_LEASE_MS = 8_000;

/**
 * Takes all or a part of what a customer has authorized; the caller has checked that the viewer is staff. The request is stored, bound to
 * the version of the payment that was read, then the provider is asked, and asked again by the reconciliation until it
 * answers. Where the provider has one capture per authorization, a part releases the rest. The same key answers the same capture.
 */
export const capturePayment =
  (deps: { payments: PaymentStore; providers: Providers; executeCapture: ExecuteCapture; clock: Clock }) =>
  async (viewer: Viewer, command: CaptureCommand): Promise<CaptureResult> => {
    const { amount, idempotencyKey } = command;
    if (idempotencyKey.length < 8 || idempotencyKey.length > 100) {
      return refuse('INVALID', 'The idempotency key must have 8 to 100 characters.', 'idempotencyKey');
    }
    if (amount !== null && (!isMoney(amount) || amount.centAmount <= 0)) {
      return refuse('INVALID', 'The amount must be more than nothing, in a known currency.', 'amount');
    }
    const requestKey = `${actorOf(viewer)}:${idempotencyKey}`;
    const input = [command.paymentId, amount?.centAmount ?? null, amount?.currencyCode ?? null, command.final];
    const inputHash = createHash('sha256').update(JSON.stringify(input)).digest('base64url');

    const asked = await untilApplied<CaptureResult>(`payment ${command.paymentId}`, async () => {
      const [before] = await deps.payments.byIds([command.paymentId], false);
      if (before === undefined) return refuse('NOT_FOUND', 'There is no such payment.', 'paymentId');
      if (amount !== null && before.currencyCode !== amount.currencyCode) {
        return refuse('INVALID', `This payment is in ${before.currencyCode}.`, 'amount');
      }
      const now = deps.clock();
      const { severalCaptures } = providerOf(deps.providers, before);
      const wanted = {
        id: newId('cap', now),
        amountCents: amount?.centAmount ?? null,
        final: command.final,
        requestKey,
        inputHash,
      };
      const attemptAt = new Date(now.getTime() + CAPTURE_LEASE_MS);
      const decision = decideCaptureRequest(before, wanted, severalCaptures, now, attemptAt);
      switch (decision.kind) {
        case 'EXISTS':
          return { ok: true, payment: before, capture: decision.capture };
        case 'KEY_REUSED':
          return refuse('IDEMPOTENCY_KEY_REUSED', 'This key was used for another capture.', 'idempotencyKey');
        case 'NOT_AUTHORIZED':
          return refuse('ILLEGAL_TRANSITION', 'Nothing is authorized that could still be captured.', 'paymentId');
        case 'VOIDING':
          return refuse('ILLEGAL_TRANSITION', 'This payment is being voided.', 'paymentId');
        case 'UNDER_WAY':
          return refuse('CONFLICT', 'Another capture of this payment is under way. Try again in a moment.');
        case 'EXCEEDS_AUTHORIZED':
          return refuse('CAPTURE_EXCEEDS_AUTHORIZED', 'That is more than what can still be captured.', 'amount');
        case 'ASK': {
          const { after, capture } = decision;
          const history = [historyEntry('capture.requested', now, { amountCents: capture.amountCents })];
          const applied = await deps.payments.apply({ before, after, captures: [capture], history });
          return applied ? { ok: true, payment: after, capture } : undefined;
        }
      }
    });
    if (!asked.ok || asked.capture.state !== 'PENDING') return asked;
    return { ok: true, ...(await deps.executeCapture(asked.payment, asked.capture)) };
  };

function refuse(code: Refusal['code'], message: string, field?: string): CaptureResult & { ok: false } {
  return { ok: false, errors: [field === undefined ? { code, message } : { code, message, field: [field] }] };
}
