import {
  type OpenedIntent,
  type PaymentProvider,
  type ProviderNotice,
  ProviderRefused,
  ProviderUnavailable,
} from '../../subgraphs/payment/src/app/providerPort.js';
import type { IntentSnapshot } from '../../subgraphs/payment/src/domain/decideIntent.js';
import type { RefundSnapshot } from '../../subgraphs/payment/src/domain/decideRefund.js';
import type { Capture, CaptureMethod, Payment, Refund } from '../../subgraphs/payment/src/domain/payment.js';
import type { Random } from './random.js';

/** How a customer's attempt to pay turns out. */
export type Attempt = 'PAYS' | 'DECLINED' | 'NEEDS_ACTION' | 'PROCESSES';

interface Intent {
  snapshot: IntentSnapshot;
  amountCents: number;
  readonly captureMethod: CaptureMethod;
}

/** A message about something that has happened at the provider. */
export interface ProviderEvent {
  readonly id: string;
  readonly notice: ProviderNotice;
}

/** What the provider remembers under an idempotency key: which parameters, and what it answered. */
interface Remembered {
  readonly params: string;
  readonly answer: { readonly reference: string } | { readonly failure: Error };
}

/**
 * A payment provider in memory, in the manner of Stripe: one charge per intent, idempotency keys that refuse other parameters and keep
 * failures too, refunds that may take a while or fail later, and a message about everything.
 */
export function providerModel(o: {
  random: Random;
  captureMethod: CaptureMethod;
  /** Told of each event. */
  emit: (event: ProviderEvent) => void;
  /** Whether to answer this call with a failure of its own, and whether it has acted then. */
  fails: () => 'no' | 'before acting' | 'after acting';
  after: (ms: number, run: () => void) => void;
}) {
  const { random } = o;
  const intents = new Map<string, Intent>();
  const refunds = new Map<string, RefundSnapshot>();
  const remembered = new Map<string, Remembered>();
  let events = 0;
  let charges = 0;

  const emit = (notice: ProviderNotice): void => {
    events += 1;
    o.emit({ id: `pev_${events}`, notice });
  };
  const intentOf = (reference: string | null): Intent => {
    const found = intents.get(reference ?? '');
    if (found === undefined) throw new ProviderRefused('resource_missing', 'there is no such intent');
    return found;
  };
  const change = (reference: string, parts: Partial<IntentSnapshot>): void => {
    const intent = intentOf(reference);
    intent.snapshot = { ...intent.snapshot, ...parts };
    emit(
      random.chance(0.2)
        ? { kind: 'INTENT_CHANGED', intentReference: reference, paymentId: intent.snapshot.paymentId }
        : { kind: 'INTENT', intent: intent.snapshot },
    );
  };
  const opened = (reference: string): OpenedIntent => ({
    intent: intentOf(reference).snapshot,
    clientSecret: `${reference}_secret`,
    redirectUrl: null,
  });

  /** Does something once per key. A failure of the provider's own is kept under the key as well. */
  function keyed(key: string, params: string, act: () => string): string {
    const known = remembered.get(key);
    if (known !== undefined) {
      if (known.params !== params) throw new ProviderRefused('idempotency_error', `${key} came with other parameters`);
      if ('failure' in known.answer) throw known.answer.failure;
      return known.answer.reference;
    }
    const failing = o.fails();
    if (failing !== 'before acting') {
      // A refusal is kept under its key, too.
      let reference: string;
      try {
        reference = act();
      } catch (failure) {
        remembered.set(key, { params, answer: { failure: failure as Error } });
        throw failure;
      }
      if (failing === 'no') {
        remembered.set(key, { params, answer: { reference } });
        return reference;
      }
    }
    const failure = new ProviderUnavailable('500', true);
    remembered.set(key, { params, answer: { failure } });
    throw failure;
  }

  const refundedOf = (reference: string): number =>
    [...refunds.values()]
      .filter((refund) => refund.intentReference === reference && refund.state !== 'FAILED')
      .reduce((sum, refund) => sum + refund.amountCents, 0);

  function settleRefund(reference: string, state: 'SUCCEEDED' | 'FAILED'): void {
    const refund = refunds.get(reference);
    if (refund === undefined || refund.state !== 'PENDING') return;
    const settled = { ...refund, state, failureCode: state === 'FAILED' ? 'expired_or_canceled_card' : null };
    refunds.set(reference, settled);
    emit({ kind: 'REFUND', refund: settled });
  }

  /** What the payment service may ask for; each is one moment at the provider. */
  const calls = {
    createIntent: (payment: Payment, key: string): OpenedIntent =>
      opened(
        keyed(key, `${payment.amountCents} ${payment.currencyCode} ${payment.captureMethod}`, () => {
          const reference = `pi_${intents.size + 1}`;
          intents.set(reference, {
            amountCents: payment.amountCents,
            captureMethod: payment.captureMethod,
            snapshot: {
              reference,
              paymentId: payment.id,
              state: 'WAITING',
              currencyCode: payment.currencyCode,
              authorizedCents: 0,
              capturedCents: 0,
              authorizedUntil: null,
              failure: null,
            },
          });
          return reference;
        }),
      ),
    findIntent(payment: Payment): OpenedIntent | undefined {
      const found = [...intents.values()].find(
        ({ snapshot }) => snapshot.paymentId === payment.id && snapshot.state !== 'CANCELLED',
      );
      return found && opened(found.snapshot.reference);
    },
    updateIntent: (payment: Payment, key: string): OpenedIntent =>
      opened(
        keyed(key, `${payment.providerReference} ${payment.amountCents}`, () => {
          const intent = intentOf(payment.providerReference);
          if (intent.snapshot.state !== 'WAITING' && intent.snapshot.state !== 'REQUIRES_ACTION') {
            throw new ProviderRefused('payment_intent_unexpected_state', intent.snapshot.state);
          }
          intent.amountCents = payment.amountCents;
          return intent.snapshot.reference;
        }),
      ),
    retrieveIntent: (payment: Payment): OpenedIntent => opened(intentOf(payment.providerReference).snapshot.reference),
    completeIntent: (payment: Payment): IntentSnapshot => intentOf(payment.providerReference).snapshot,
    captureIntent(payment: Payment, capture: Capture, key: string): IntentSnapshot {
      const reference = keyed(key, `${payment.providerReference} ${capture.amountCents}`, () => {
        const { snapshot } = intentOf(payment.providerReference);
        if (snapshot.state !== 'AUTHORIZED' || capture.amountCents > snapshot.authorizedCents) {
          throw new ProviderRefused('payment_intent_unexpected_state', snapshot.state);
        }
        change(snapshot.reference, { state: 'CAPTURED', capturedCents: capture.amountCents });
        return snapshot.reference;
      });
      return intentOf(reference).snapshot;
    },
    cancelIntent(payment: Payment, key: string): IntentSnapshot {
      const reference = keyed(key, `${payment.providerReference}`, () => {
        const { snapshot } = intentOf(payment.providerReference);
        if (snapshot.state === 'CAPTURED' || snapshot.state === 'PROCESSING' || snapshot.state === 'CANCELLED') {
          throw new ProviderRefused('payment_intent_unexpected_state', snapshot.state);
        }
        change(snapshot.reference, { state: 'CANCELLED', authorizedCents: 0 });
        return snapshot.reference;
      });
      return intentOf(reference).snapshot;
    },
    refund(payment: Payment, refund: Refund, key: string): RefundSnapshot {
      const reference = keyed(key, `${payment.providerReference} ${refund.amountCents}`, () => {
        const { snapshot } = intentOf(payment.providerReference);
        if (refundedOf(snapshot.reference) + refund.amountCents > snapshot.capturedCents) {
          throw new ProviderRefused('charge_already_refunded', 'more than is left');
        }
        const made: RefundSnapshot = {
          reference: `re_${refunds.size + 1}`,
          intentReference: snapshot.reference,
          refundId: refund.id,
          amountCents: refund.amountCents,
          currencyCode: payment.currencyCode,
          state: random.chance(0.2) ? 'PENDING' : 'SUCCEEDED',
          failureCode: null,
        };
        refunds.set(made.reference, made);
        emit(
          random.chance(0.3)
            ? { kind: 'REFUNDS_CHANGED', intentReference: snapshot.reference }
            : { kind: 'REFUND', refund: made },
        );
        if (made.state === 'PENDING') {
          o.after(5_000 + random.below(600_000), () => settleRefund(made.reference, 'SUCCEEDED'));
        }
        return made.reference;
      });
      return refunds.get(reference) as RefundSnapshot;
    },
    retrieveRefund(_: Payment, refund: Refund): RefundSnapshot {
      const found = refunds.get(refund.providerReference ?? '');
      if (found === undefined) throw new ProviderRefused('resource_missing', 'there is no such refund');
      return found;
    },
    listRefunds: (payment: Payment): RefundSnapshot[] =>
      [...refunds.values()].filter(({ intentReference }) => intentReference === payment.providerReference),
  };

  return {
    intents,
    refunds,
    calls,
    captureMethod: o.captureMethod,
    /** The customer tries to pay in his browser. */
    pay(reference: string, attempt: Attempt): void {
      const { snapshot, amountCents, captureMethod } = intentOf(reference);
      if (snapshot.state !== 'WAITING' && snapshot.state !== 'REQUIRES_ACTION') return;
      charges += 1;
      if (attempt === 'DECLINED') {
        const failure = { code: 'card_declined', message: null, reference: `ch_${charges}` };
        change(reference, { state: 'WAITING', failure });
      } else if (attempt === 'NEEDS_ACTION') change(reference, { state: 'REQUIRES_ACTION', failure: null });
      else if (attempt === 'PROCESSES' && captureMethod === 'AUTOMATIC') {
        change(reference, { state: 'PROCESSING', failure: null });
        o.after(10_000 + random.below(400_000), () => this.clear(reference, random.chance(0.7)));
      } else if (captureMethod === 'MANUAL') {
        change(reference, { state: 'AUTHORIZED', authorizedCents: amountCents, failure: null });
      } else {
        change(reference, {
          state: 'CAPTURED',
          capturedCents: amountCents,
          authorizedCents: amountCents,
          failure: null,
        });
      }
    },
    /** A payment that was processing comes, or does not. */
    clear(reference: string, comes: boolean): void {
      const { snapshot, amountCents } = intentOf(reference);
      if (snapshot.state !== 'PROCESSING') return;
      charges += 1;
      if (comes) change(reference, { state: 'CAPTURED', capturedCents: amountCents, authorizedCents: amountCents });
      else
        change(reference, {
          state: 'WAITING',
          failure: { code: 'debit_failed', message: null, reference: `ch_${charges}` },
        });
    },
    /** What was taken and not given back, for good. */
    keptOf: (reference: string): number => intentOf(reference).snapshot.capturedCents - refundedOf(reference),
  };
}

export type ProviderModel = ReturnType<typeof providerModel>;

/** The provider as the payment service sees it; `ask` carries each call there. */
export function providerPort(
  model: ProviderModel,
  ask: <T>(label: string, act: () => T) => Promise<T>,
): PaymentProvider {
  const { calls } = model;
  return {
    code: 'stripe',
    name: 'Simulated',
    publishableKey: null,
    captureMethod: model.captureMethod,
    severalCaptures: false,
    available: () => true,
    createIntent: (payment, key) => ask(`provider.createIntent ${key}`, () => calls.createIntent(payment, key)),
    findIntent: (payment) => ask('provider.findIntent', () => calls.findIntent(payment)),
    updateIntent: (payment, key) => ask(`provider.updateIntent ${key}`, () => calls.updateIntent(payment, key)),
    retrieveIntent: (payment) => ask('provider.retrieveIntent', () => calls.retrieveIntent(payment)),
    completeIntent: (payment) => ask('provider.completeIntent', () => calls.completeIntent(payment)),
    captureIntent: (payment, capture, key) =>
      ask(`provider.captureIntent ${key}`, () => calls.captureIntent(payment, capture, key)),
    cancelIntent: (payment, key) => ask(`provider.cancelIntent ${key}`, () => calls.cancelIntent(payment, key)),
    refund: (payment, refund, key) => ask(`provider.refund ${key}`, () => calls.refund(payment, refund, key)),
    retrieveRefund: (payment, refund) => ask('provider.retrieveRefund', () => calls.retrieveRefund(payment, refund)),
    listRefunds: (payment) => ask('provider.listRefunds', () => calls.listRefunds(payment)),
    listTransactions: null,
    webhooks: {
      verify: async ({ rawBody }) => {
        const { id, notice } = JSON.parse(rawBody.toString()) as ProviderEvent;
        return { providerEventId: id, type: notice.kind, payload: { notice } };
      },
      read: ({ payload }) => (payload as { notice: ProviderNotice }).notice,
    },
    savedMethods: null,
  };
}
