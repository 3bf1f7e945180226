import type { Viewer } from '@souk/runtime';
import { isLive, type Payment } from '../domain/payment.js';
import type { Refusal } from '../domain/refusal.js';
import type { ApplyIntent } from './applyIntent.js';
import { historyEntry, untilApplied } from './changes.js';
import { type CancelIntent, currentIntent, providerOf } from './followIntent.js';
import type { Clock, MethodStore, OrderForPayment, PaymentProvider, PaymentStore, Providers } from './ports.js';
import { customerOf } from './savedMethods.js';

/** What a customer may still change about a payment that is open. */
export type Terms = Pick<Payment, 'amountCents' | 'customerReference' | 'methodReference' | 'saveMethod' | 'returnUrl'>;

interface Wanted {
  readonly returnUrl: string | null;
  readonly savePaymentMethod: boolean;
  readonly paymentMethodId: string | null;
}

/**
 * The terms of a payment that is opened now. Saving a method, and paying with a saved one, is for the user whose order it is. Throws
 * what the provider's port throws, when the user is not known at the provider yet.
 */
export async function termsOf(
  methods: MethodStore,
  provider: PaymentProvider,
  order: OrderForPayment,
  viewer: Viewer,
  wanted: Wanted,
): Promise<Terms | { refusal: Refusal }> {
  const { returnUrl, savePaymentMethod, paymentMethodId } = wanted;
  const plain = { amountCents: order.dueCentAmount, returnUrl };
  if (!savePaymentMethod && paymentMethodId === null) {
    return { ...plain, customerReference: null, methodReference: null, saveMethod: false };
  }
  const field = paymentMethodId === null ? 'savePaymentMethod' : 'paymentMethodId';
  if (viewer.kind !== 'user' || viewer.userId !== order.customerId) {
    return invalid('Saved payment methods are for signed-in customers, with orders of their own.', field);
  }
  if (provider.savedMethods === null) return invalid('This provider saves no payment methods.', field);
  const method = paymentMethodId === null ? undefined : await methods.find(viewer.userId, paymentMethodId);
  if (paymentMethodId !== null && (method === undefined || method.provider !== provider.code)) {
    return { refusal: { code: 'NOT_FOUND', message: 'You have no such payment method.', field: ['input', field] } };
  }
  return {
    ...plain,
    customerReference: await customerOf(methods, provider, viewer.userId),
    methodReference: method?.reference ?? null,
    saveMethod: savePaymentMethod && method === undefined,
  };
}

const invalid = (message: string, field: string): { refusal: Refusal } => ({
  refusal: { code: 'INVALID', message, field: ['input', field] },
});

/** A return URL or a customer that is not named again stays as it was. */
const merged = (payment: Payment, terms: Terms): Terms => ({
  ...terms,
  customerReference: terms.customerReference ?? payment.customerReference,
  returnUrl: terms.returnUrl ?? payment.returnUrl,
});

export function termsDiffer(payment: Payment, terms: Terms): boolean {
  const wanted = merged(payment, terms);
  return (Object.keys(wanted) as (keyof Terms)[]).some((name) => wanted[name] !== payment[name]);
}

/** The payment takes the new terms, under keys of a new attempt. */
export const changeTerms = (payments: PaymentStore, paymentId: string, terms: Terms): Promise<Payment> =>
  untilApplied(`payment ${paymentId}`, async () => {
    const [before] = await payments.byIds([paymentId], false);
    if (before === undefined) throw new Error(`payment ${paymentId} has vanished`);
    const after: Payment = {
      ...before,
      ...merged(before, terms),
      attempt: before.attempt + 1,
      version: before.version + 1,
    };
    return (await payments.apply({ before, after })) ? after : undefined;
  });

interface ReplaceDeps {
  readonly payments: PaymentStore;
  readonly providers: Providers;
  readonly applyIntent: ApplyIntent;
  readonly cancelIntent: CancelIntent;
  readonly clock: Clock;
}

/**
 * Makes room for another payment of the same purpose: cancels the intent at its provider, and only when it is certain that nobody can pay
 * into it any more, the payment is marked as replaced. Answers it as it stands then: not replaced when it was paid meanwhile.
 */
export async function replacePayment(deps: ReplaceDeps, first: Payment): Promise<Payment> {
  let payment = first;
  if (isLive(payment)) {
    const intent = await currentIntent(providerOf(deps.providers, payment), payment);
    if (intent !== null) {
      payment = (await deps.applyIntent(payment, intent, {})).payment;
      if (isLive(payment) && payment.state !== 'AUTHORIZED') payment = await deps.cancelIntent(payment);
      if (payment.state !== 'CANCELLED') return payment;
    }
  }
  return untilApplied(`payment ${payment.id}`, async () => {
    const [before] = await deps.payments.byIds([payment.id], false);
    if (before === undefined) throw new Error(`payment ${payment.id} has vanished`);
    if (before.replaced || before.capturedCents > 0 || before.state === 'AUTHORIZED') return before;
    const after: Payment = {
      ...before,
      state: 'CANCELLED',
      replaced: true,
      reconcileAt: null,
      version: before.version + 1,
    };
    const history = [historyEntry('payment.replaced', deps.clock())];
    return (await deps.payments.apply({ before, after, history })) ? after : undefined;
  });
}
