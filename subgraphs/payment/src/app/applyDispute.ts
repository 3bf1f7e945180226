import { newId } from '@souk/runtime';
import { decideDispute } from '../domain/decideDispute.js';
import { type Cause, disputedEvent, historyEntry, untilApplied } from './changes.js';
import type { Clock, DisputeSnapshot, PaymentStore } from './ports.js';

/**
 * Applies the provider's word about a dispute: its state, the money that was taken or came back in the ledger, and `payment.disputed`
 * for each step, once, in whatever order they are told. The payment shows as disputed while one is open.
 */
export const applyDispute =
  (deps: { payments: PaymentStore; clock: Clock }) =>
  async (paymentId: string, news: DisputeSnapshot, cause: Cause): Promise<{ changed: boolean; early: boolean }> => {
    const newDisputeId = newId('dsp');
    return untilApplied(`payment ${paymentId}`, async () => {
      const [before] = await deps.payments.byIds([paymentId], false);
      if (before === undefined) throw new Error(`payment ${paymentId} has vanished`);
      // Read after the payment: each change of a dispute is one of its payment, so an older one meets another version.
      const known = await deps.payments.disputesOf([paymentId]);
      const now = deps.clock();
      const decision = decideDispute(before, known, { ...news, id: newDisputeId }, now);
      if (decision.kind === 'NOTHING' || decision.kind === 'EARLY') {
        return { changed: false, early: decision.kind === 'EARLY' };
      }
      const { after, dispute, ledger, moved } = decision;
      const { amountCents } = dispute;
      const type = `dispute.${dispute.state.toLowerCase()}`;
      const applied = await deps.payments.apply({
        before,
        after,
        dispute,
        ledger,
        history: moved ? [historyEntry(type, now, { amountCents, providerEventId: cause.providerEventId })] : [],
        published: moved ? [disputedEvent(after, dispute, now)] : [],
        webhookId: cause.webhookId,
        causedBy: cause.causedBy,
      });
      return applied ? { changed: true, early: false } : undefined;
    });
  };

export type ApplyDispute = ReturnType<typeof applyDispute>;
