import { failpoint, type Logger } from '@souk/runtime';
import { endCapture } from '../domain/decideCapture.js';
import type { IntentSnapshot } from '../domain/decideIntent.js';
import type { Capture, Payment } from '../domain/payment.js';
import type { ApplyIntent } from './applyIntent.js';
import { historyEntry, untilApplied } from './changes.js';
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

export interface ExecuteCaptureDeps {
  readonly payments: PaymentStore;
  readonly providers: Providers;
  readonly applyIntent: ApplyIntent;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Asks the provider for a capture that is decided and stored, and applies its answer: what it captured, then the end of the request.
 * What is unknown stays PENDING and is asked again with the same key by the reconciliation; a definite no becomes FAILED.
 */
export const executeCapture =
  (deps: ExecuteCaptureDeps) =>
  async (payment: Payment, capture: Capture): Promise<{ payment: Payment; capture: Capture }> => {
    try {
      const provider = providerOf(deps.providers, payment);
      const { intent, refusal } = await ask(provider, payment, capture, deps.clock());
      if (refusal !== null) {
        deps.logger.error(
          { err: refusal, code: refusal.code, captureId: capture.id },
          'the provider refused a capture',
        );
      }
      const { payment: known } = await deps.applyIntent(payment, intent, {});
      return await end(deps, known, capture, refusal?.code ?? null);
    } catch (error) {
      if (!(error instanceof ProviderUnavailable)) throw error;
      deps.logger.warn({ err: error, captureId: capture.id }, 'a capture is asked for again later');
      if (error.answered) await nextAttempt(deps, payment.id, capture);
      return { payment, capture };
    }
  };

export type ExecuteCapture = ReturnType<typeof executeCapture>;

interface Answer {
  readonly intent: IntentSnapshot;
  readonly refusal: ProviderRefused | null;
}

/** After a refusal the intent says why: it may have lapsed, or have been captured at the provider. */
async function ask(provider: PaymentProvider, payment: Payment, capture: Capture, now: Date): Promise<Answer> {
  const keyIsSpent = isKeySpent(capture, now);
  if (keyIsSpent) {
    const { intent } = await provider.retrieveIntent(payment);
    const made = intent.capturedCents >= capture.capturedBeforeCents + capture.amountCents;
    if (made || intent.state !== 'AUTHORIZED') return { intent, refusal: null };
  }
  try {
    const key = providerKeys.captureIntent(payment, capture);
    await failpoint('payment.capture.beforeProvider');
    const intent = await provider.captureIntent(payment, capture, key);
    await failpoint('payment.capture.afterProvider');
    return { intent, refusal: null };
  } catch (error) {
    if (!(error instanceof ProviderRefused)) throw error;
    return { intent: (await provider.retrieveIntent(payment)).intent, refusal: error };
  }
}

/** A capture that the provider says it has made, and of which its intent shows nothing, has failed. */
async function end(
  deps: ExecuteCaptureDeps,
  first: Payment,
  capture: Capture,
  refusal: string | null,
): Promise<{ payment: Payment; capture: Capture }> {
  let read: Payment | undefined = first;
  return untilApplied(`payment ${first.id}`, async () => {
    const before: Payment | undefined = read ?? (await deps.payments.byIds([first.id], false))[0];
    read = undefined;
    if (before === undefined) throw new Error(`payment ${first.id} has vanished`);
    const stored = before.captures.find((one) => one.id === capture.id);
    if (stored === undefined) throw new Error(`capture ${capture.id} has vanished`);
    if (stored.state !== 'PENDING') return { payment: before, capture: stored };
    const captured = before.capturedCents > stored.capturedBeforeCents;
    const failureCode = captured ? null : (refusal ?? 'not_captured');
    const after = endCapture(before, stored, failureCode);
    const ended = after.captures.find((one) => one.id === capture.id) ?? stored;
    const history =
      failureCode === null ? [] : [historyEntry('capture.failed', deps.clock(), { amountCents: capture.amountCents })];
    const applied = await deps.payments.apply({ before, after, captures: [ended], history });
    return applied ? { payment: after, capture: ended } : undefined;
  });
}

/**
 * The provider answered with a failure that it may remember under this key: the next try takes another one, the same for all runs that met
 * this failure, so that none of them asks for it twice.
 */
async function nextAttempt(deps: ExecuteCaptureDeps, paymentId: string, failed: Capture): Promise<void> {
  await untilApplied(`payment ${paymentId}`, async () => {
    const [before] = await deps.payments.byIds([paymentId], false);
    const capture = before?.captures.find((one) => one.id === failed.id);
    if (before === undefined || capture?.state !== 'PENDING') return true;
    if (capture.attempt !== failed.attempt) return true;
    const after: Payment = { ...before, version: before.version + 1 };
    const captures = [{ ...capture, attempt: capture.attempt + 1 }];
    return (await deps.payments.apply({ before, after, captures })) || undefined;
  });
}
