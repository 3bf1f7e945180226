import {
  type MethodSnapshot,
  type OpenedIntent,
  type PaymentProvider,
  type ProviderNotice,
  ProviderRefused,
  ProviderUnavailable,
} from '../app/ports.js';
import type { IntentSnapshot } from '../domain/decideIntent.js';
import type { RefundSnapshot } from '../domain/decideRefund.js';
import type { CaptureMethod } from '../domain/payment.js';

type Call =
  | 'createIntent'
  | 'updateIntent'
  | 'retrieveIntent'
  | 'completeIntent'
  | 'captureIntent'
  | 'cancelIntent'
  | 'refund'
  | 'listRefunds'
  | 'retrieveRefund'
  | 'createCustomer'
  | 'removeMethod';

/** A provider in memory with real idempotency keys, whose calls can be made to fail before or after they act (`error`: after, with an answer). */
export function fakeProvider(
  options: { code?: string; captureMethod?: CaptureMethod; severalCaptures?: boolean } = {},
) {
  const { code = 'stripe', captureMethod = 'AUTOMATIC', severalCaptures = false } = options;
  const intents = new Map<string, IntentSnapshot>();
  const refunds = new Map<string, RefundSnapshot>();
  const methods = new Map<string, MethodSnapshot[]>();
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
  const intent = (reference: string | null): IntentSnapshot => {
    const found = intents.get(reference ?? '');
    if (found === undefined) throw new ProviderRefused('resource_missing', String(reference));
    return found;
  };
  const set = (reference: string, parts: Partial<IntentSnapshot>): IntentSnapshot => {
    intents.set(reference, { ...intent(reference), ...parts });
    return intent(reference);
  };
  const opened = (reference: string | null): OpenedIntent => {
    const found = intent(reference);
    return { intent: found, clientSecret: `${found.reference}_secret`, redirectUrl: null };
  };

  const port: PaymentProvider = {
    code,
    name: 'Fake',
    publishableKey: 'pk_test_fake',
    captureMethod,
    severalCaptures,
    available: () => true,
    createIntent: (payment, key) =>
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
              authorizedUntil: null,
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
    updateIntent: (payment, key) =>
      call('updateIntent', () => opened(keyed(key, () => payment.providerReference ?? ''))),
    retrieveIntent: (payment) => call('retrieveIntent', () => opened(payment.providerReference)),
    completeIntent: (payment, key) =>
      call('completeIntent', () => {
        const { reference, state: now } = intent(payment.providerReference);
        if (now !== 'APPROVED') return intent(reference);
        const taken = { authorizedCents: payment.amountCents, capturedCents: payment.amountCents };
        keyed(key, () => set(reference, { state: 'CAPTURED', ...taken }).reference);
        return intent(reference);
      }),
    captureIntent: (payment, capture, key) =>
      call('captureIntent', () => {
        const { reference, state: now, capturedCents, authorizedCents } = intent(payment.providerReference);
        if (!answers.has(key) && (now !== 'AUTHORIZED' || capturedCents + capture.amountCents > authorizedCents)) {
          throw new ProviderRefused('unexpected_state', now);
        }
        keyed(key, () => {
          const after = capturedCents + capture.amountCents;
          const final = capture.final || !severalCaptures || after === authorizedCents;
          return set(reference, { state: final ? 'CAPTURED' : 'AUTHORIZED', capturedCents: after }).reference;
        });
        return intent(reference);
      }),
    cancelIntent: (payment, key) =>
      call('cancelIntent', () => {
        const { reference, state: now, capturedCents } = intent(payment.providerReference);
        if (now === 'CAPTURED') throw new ProviderRefused('unexpected_state', 'captured');
        keyed(key, () => reference);
        return set(reference, { state: capturedCents > 0 ? 'CAPTURED' : 'CANCELLED' });
      }),
    refund: (payment, refund, key) =>
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
    retrieveRefund: (_, refund) =>
      call('retrieveRefund', () => refunds.get(refund.providerReference ?? '') as RefundSnapshot),
    listRefunds: (payment) =>
      call('listRefunds', () =>
        [...refunds.values()].filter((refund) => refund.intentReference === payment.providerReference),
      ),
    listTransactions: null,
    webhooks: {
      /** Signed with the word "signed"; the body is the notice. */
      async verify({ rawBody, headers }) {
        if (headers.signature !== 'signed') return undefined;
        const { id, notice } = JSON.parse(rawBody.toString()) as { id: string; notice: unknown };
        return { providerEventId: id, type: 'test.notice', payload: { notice } };
      },
      read: ({ payload }) => revived((payload as { notice: ProviderNotice }).notice),
    },
    savedMethods: {
      createCustomer: (userId, key) => call('createCustomer', () => keyed(key, () => `cus_${userId}`)),
      list: async (customerReference) => methods.get(customerReference) ?? [],
      remove: (reference, key) =>
        call('removeMethod', () => {
          keyed(key, () => reference);
          for (const [customer, saved] of methods) {
            methods.set(
              customer,
              saved.filter((one) => one.reference !== reference),
            );
          }
        }),
    },
  };
  return {
    port,
    intents,
    refunds,
    methods,
    keys,
    state,
    fail(name: Call, kind: 'before' | 'after' | 'refuse' | 'error', times = 1) {
      faults.set(name, { kind, times });
    },
    /** The customer, or somebody at the provider, does something. */
    set,
  };
}

/** A stored notice is JSON: its dates are text. */
function revived(notice: ProviderNotice): ProviderNotice {
  if (notice.kind !== 'INTENT' || notice.intent.authorizedUntil === null) return notice;
  return { ...notice, intent: { ...notice.intent, authorizedUntil: new Date(notice.intent.authorizedUntil) } };
}
