import { decideIntent, type IntentSnapshot } from '../domain/decideIntent.js';
import type { Payment } from '../domain/payment.js';
import { type Cause, intentChange, untilApplied } from './changes.js';
import type { Clock, PaymentStore } from './ports.js';

export interface ApplyIntentDeps {
  readonly payments: PaymentStore;
  readonly clock: Clock;
}

/**
 * Applies the provider's word about an intent, whoever brought it: the answer to our call, a webhook, or the reconciliation. A capture
 * becomes the payment's state, the ledger's two entries and `payment.captured` in one statement, once. Answers the payment as it
 * is then. `first` saves a read when the caller has just read it.
 */
export const applyIntent =
  (deps: ApplyIntentDeps) =>
  async (first: Payment, intent: IntentSnapshot, cause: Cause): Promise<{ payment: Payment; changed: boolean }> => {
    let payment: Payment | undefined = first;
    return untilApplied(`payment ${first.id}`, async () => {
      payment ??= (await deps.payments.byIds([first.id], false))[0];
      if (payment === undefined) throw new Error(`payment ${first.id} has vanished`);
      const read = payment;
      payment = undefined;
      if (intent.currencyCode !== read.currencyCode) {
        throw new Error(`intent ${intent.reference} is in ${intent.currencyCode}, payment ${read.id} is not`);
      }
      const decision = decideIntent(read, intent);
      if (decision.kind === 'NOTHING') return { payment: read, changed: false };
      const applied = await deps.payments.apply(intentChange(read, decision, deps.clock(), cause));
      return applied ? { payment: decision.after, changed: true } : undefined;
    });
  };

export type ApplyIntent = ReturnType<typeof applyIntent>;
