import { type PaymentProvider, ProviderRefused, ProviderUnavailable } from '../app/ports.js';
import type { IntentSnapshot } from '../domain/decideIntent.js';
import type { RefundSnapshot } from '../domain/decideRefund.js';
import type { Payment, Refund } from '../domain/payment.js';

type Call =
  | 'createIntent'
  | 'updateAmount'
  | 'retrieveIntent'
  | 'cancelIntent'
  | 'refund'
  | 'listRefunds'
  | 'retrieveRefund';

/** A provider in memory with real idempotency keys, whose calls can be made to fail before or after they act (`error`: after, with an answer). */
export function fakeProvider() {
  const intents = new Map<string, IntentSnapshot>();
  const refunds = new Map<string, RefundSnapshot>();
  const answers = new Map<string, string>();
  const faults = new Map<Call, { kind: 'before' | 'after' | 'refuse' | 'error'; times: number }>();
  const keys: string[] = [];
  const state = { refundState: 'SUCCEEDED' as RefundSnapshot['state'] };

  async function call<T>(name: Call, act: () => T): Promise<T> {
    const fault = faults.get(name);
    if (fault === undefined || fault.times === 0) return act();
    fault.times -= 1;
    if (fault.kind === 'refuse') throw new ProviderRefused('card_error', 'armed by the test');
    if (fault.kind === 'after' || fault.kind === 'error') act();
    throw new ProviderUnavailable('armed by the test', fault.kind === 'error');
  }
  /** Acts once per key, and answers which object the key stands for. */
  function keyed(key: string, make: () => string): string {
    keys.push(key);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const made = make();
    answers.set(key, made);
    return made;
  }
  const intent = (reference: string): IntentSnapshot => {
    const found = intents.get(reference);
    if (found === undefined) throw new ProviderRefused('resource_missing', reference);
    return found;
  };
  const opened = (reference: string) => ({ intent: intent(reference), clientSecret: `${reference}_secret` });

  const port: PaymentProvider = {
    code: 'stripe',
    name: 'Fake',
    publishableKey: 'pk_test_fake',
    supports: () => true,
    createIntent: (payment: Payment, key) =>
      call('createIntent', () =>
        opened(
          keyed(key, () => {
            const reference = `pi_${intents.size + 1}_${payment.id.slice(-6)}`;
            intents.set(reference, {
              reference,
              paymentId: payment.id,
              state: 'WAITING',
              currencyCode: payment.currencyCode,
              authorizedCents: 0,
              capturedCents: 0,
              failure: null,
            });
            return reference;
          }),
        ),
      ),
    findIntent: async (payment) => {
      const found = [...intents.values()].find((one) => one.paymentId === payment.id && one.state !== 'CANCELLED');
      return found && opened(found.reference);
    },
    updateAmount: (payment, key) =>
      call('updateAmount', () => opened(keyed(key, () => payment.providerReference ?? ''))),
    retrieveIntent: (reference) => call('retrieveIntent', () => opened(reference)),
    cancelIntent: (reference, key) =>
      call('cancelIntent', () => {
        if (intent(reference).state === 'CAPTURED') throw new ProviderRefused('unexpected_state', 'captured');
        keyed(key, () => reference);
        intents.set(reference, { ...intent(reference), state: 'CANCELLED' });
        return intent(reference);
      }),
    refund: (payment: Payment, refund: Refund, key) =>
      call('refund', () => {
        const id = keyed(key, () => {
          const reference = `re_${refunds.size + 1}`;
          refunds.set(reference, {
            reference,
            intentReference: payment.providerReference ?? '',
            refundId: refund.id,
            amountCents: refund.amountCents,
            currencyCode: payment.currencyCode,
            state: state.refundState,
            failureCode: null,
          });
          return reference;
        });
        return refunds.get(id) as RefundSnapshot;
      }),
    retrieveRefund: (reference) => call('retrieveRefund', () => refunds.get(reference) as RefundSnapshot),
    listRefunds: (reference) =>
      call('listRefunds', () => [...refunds.values()].filter((refund) => refund.intentReference === reference)),
    /** Signed with the word "signed"; the body is the notice. */
    verifyWebhook: (rawBody, signature) => {
      if (signature !== 'signed') return undefined;
      const { id, notice } = JSON.parse(rawBody.toString()) as { id: string; notice: unknown };
      return { providerEventId: id, type: 'test.notice', payload: { notice } };
    },
    readNotice: ({ payload }) => (payload as { notice: ReturnType<PaymentProvider['readNotice']> }).notice,
  };
  return {
    port,
    intents,
    refunds,
    keys,
    state,
    fail(name: Call, kind: 'before' | 'after' | 'refuse' | 'error', times = 1) {
      faults.set(name, { kind, times });
    },
    /** The customer does something at the provider. */
    set(reference: string, parts: Partial<IntentSnapshot>): IntentSnapshot {
      intents.set(reference, { ...intent(reference), ...parts });
      return intent(reference);
    },
  };
}
