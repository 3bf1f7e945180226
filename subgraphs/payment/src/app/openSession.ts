import { createHash } from 'node:crypto';
import { failpoint, type Logger, newId, ServiceUnavailable, type Viewer } from '@souk/runtime';
import type { Payment } from '../domain/payment.js';
import type { Refusal } from '../domain/refusal.js';
import type { ApplyIntent } from './applyIntent.js';
import { type CancelIntent, type FollowIntent, nextAttempt } from './followIntent.js';
import { changeTerms, replacePayment, type Terms, termsDiffer, termsOf } from './paymentTerms.js';
import {
  type Clock,
  type MethodStore,
  type OpenedIntent,
  type OrderForPayment,
  type OrderPort,
  type PaymentProvider,
  type PaymentStore,
  ProviderRefused,
  type Providers,
  ProviderUnavailable,
} from './ports.js';
import { makeIntent, providerKeys } from './providerKeys.js';
import { viewerMayPay } from './viewerMaySee.js';

export interface OpenSessionDeps {
  readonly payments: PaymentStore;
  readonly methods: MethodStore;
  readonly orders: OrderPort;
  readonly providers: Providers;
  readonly applyIntent: ApplyIntent;
  readonly followIntent: FollowIntent;
  readonly cancelIntent: CancelIntent;
  readonly clock: Clock;
  readonly logger: Logger;
  /** When the provider is asked about a new payment whose webhook has not come. */
  readonly reconcileAfterMs: number;
  /** Where customers may be sent back to: origins of the shop's own pages. */
  readonly returnOrigins: ReadonlySet<string>;
}

export interface OpenSessionCommand {
  readonly orderId: string;
  readonly provider: string;
  readonly idempotencyKey: string;
  readonly returnUrl: string | null;
  readonly savePaymentMethod: boolean;
  /** One of the viewer's saved methods. */
  readonly paymentMethodId: string | null;
}

export type OpenSessionResult =
  | {
      readonly ok: true;
      readonly payment: Payment;
      readonly clientSecret: string | null;
      readonly redirectUrl: string | null;
    }
  | { readonly ok: false; readonly errors: readonly Refusal[]; readonly payment: Payment | null };

/**
 * Opens the payment of what is due for an order (the order itself, or an edit that made it dearer), or finds the one it has: one payment
 * per purpose, one intent at its provider. The amount comes from the order service. In three short steps, none of which holds a
 * transaction over a call: the intention is recorded, the provider is called with a key made of what was recorded, its answer is
 * recorded. After a crash or a lost answer the next call (or the reconciliation) asks with the same key and finds what the provider did.
 * Another provider than before takes over once the intent at the first one is cancelled. DESIGN.md section 6, step 2.
 */
export const openSession =
  (deps: OpenSessionDeps) =>
  async (viewer: Viewer, command: OpenSessionCommand): Promise<OpenSessionResult> => {
    const { idempotencyKey, returnUrl } = command;
    if (idempotencyKey.length < 8 || idempotencyKey.length > 100) {
      return refuse('INVALID', 'The idempotency key must have 8 to 100 characters.', 'idempotencyKey');
    }
    const provider = deps.providers.get(command.provider);
    if (provider === undefined) return refuse('INVALID', 'There is no such payment provider.', 'provider');
    if (returnUrl !== null && !isOwnUrl(returnUrl, deps.returnOrigins)) {
      return refuse('INVALID', "The customer can only be sent back to one of this shop's own pages.", 'returnUrl');
    }
    let order: OrderForPayment | null;
    try {
      order = await deps.orders.forPayment(command.orderId);
    } catch (error) {
      if (!(error instanceof ServiceUnavailable)) throw error;
      return refuse('DEPENDENCY_UNAVAILABLE', 'The order cannot be read right now. Try again in a moment.');
    }
    if (order === null || !viewerMayPay(viewer, order))
      return refuse('NOT_FOUND', 'There is no such order.', 'orderId');
    if (!order.payable && order.status === 'CONFIRMED') return refuse('ALREADY_PAID', 'This order is paid.', 'orderId');
    if (!order.payable || order.dueCentAmount <= 0) {
      return refuse('ORDER_NOT_PAYABLE', 'This order cannot be paid (any more).', 'orderId');
    }
    const { currencyCode, countryCode, dueCentAmount: amountCents } = order;
    if (!provider.available({ currencyCode, countryCode, amountCents })) {
      return refuse('INVALID', `This provider does not take this payment in ${currencyCode}.`, 'provider');
    }
    if (paymentWindowMs(provider) !== null && order.purposeId !== order.id) {
      return refuse('INVALID', 'A change of an order cannot wait for the money that long.', 'provider');
    }
    try {
      const terms = await termsOf(deps.methods, provider, order, viewer, command);
      if ('refusal' in terms) return { ok: false, errors: [terms.refusal], payment: null };
      return await open(deps, provider, order, viewer, command, terms);
    } catch (error) {
      return refusalOf(deps, error, null);
    }
  };

async function open(
  deps: OpenSessionDeps,
  provider: PaymentProvider,
  order: OrderForPayment,
  viewer: Viewer,
  command: OpenSessionCommand,
  terms: Terms,
): Promise<OpenSessionResult> {
  const { savePaymentMethod, paymentMethodId } = command;
  const options = savePaymentMethod || paymentMethodId !== null ? ` ${savePaymentMethod} ${paymentMethodId}` : '';
  const opening = {
    payment: newPayment(order, provider, terms, deps),
    scope: viewer.kind === 'user' ? viewer.userId : order.id,
    key: command.idempotencyKey,
    inputHash: createHash('sha256').update(`${order.id} ${command.provider}${options}`).digest('base64url'),
  };
  let opened = await deps.payments.open(opening);
  if (opened === 'KEY_REUSED') {
    return refuse('IDEMPOTENCY_KEY_REUSED', 'This key was used for another payment.', 'idempotencyKey');
  }
  if (isToBeReplaced(opened, command.provider)) {
    const ended = await replacePayment(deps, opened);
    if (!ended.replaced)
      return refusedState(ended) ?? refuse('CONFLICT', 'This payment is changing. Try again in a moment.');
    opened = await deps.payments.open(opening);
    if (opened === 'KEY_REUSED' || isToBeReplaced(opened, command.provider)) {
      return refuse('CONFLICT', 'Another payment of this order was opened at the same time. Try again in a moment.');
    }
  }
  return refusedState(opened) ?? reachProvider(deps, provider, opened, terms);
}

/** Another way to pay was chosen, or the intent has ended at its provider although the order still waits for it. */
const isToBeReplaced = (payment: Payment, provider: string): boolean =>
  payment.state === 'CANCELLED'
    ? !payment.cancelRequested
    : payment.provider !== provider && payment.state !== 'CAPTURED' && payment.state !== 'AUTHORIZED';

/** Why nobody can pay into it (any more). */
function refusedState(payment: Payment): (OpenSessionResult & { ok: false }) | undefined {
  if (payment.state === 'CAPTURED' || payment.state === 'AUTHORIZED') {
    return refuse('ALREADY_PAID', 'This order is paid.', 'orderId', payment);
  }
  if (payment.state === 'CANCELLED' || payment.cancelRequested) {
    return refuse('ORDER_NOT_PAYABLE', 'The payment of this order was cancelled.', 'orderId', payment);
  }
  return undefined;
}

async function reachProvider(
  deps: OpenSessionDeps,
  provider: PaymentProvider,
  opened: Payment,
  terms: Terms,
): Promise<OpenSessionResult> {
  let payment = opened;
  try {
    const changes = termsDiffer(payment, terms);
    if (changes && payment.providerReference === null) {
      payment = await knownOnOldTerms(deps, provider, payment);
      const ended = refusedState(payment);
      if (ended !== undefined) return ended;
    }
    if (changes) payment = await changeTerms(deps.payments, payment.id, terms);
    if (
      paymentWindowMs(provider) !== null &&
      !(await deps.orders.extendPaymentWindow(payment.orderId, payment.payableUntil))
    ) {
      return refuse('ORDER_NOT_PAYABLE', 'This order cannot wait for the money that long.', 'orderId', payment);
    }
    await failpoint('payment.session.beforeProvider');
    const { intent, clientSecret, redirectUrl } = await askFor(provider, payment, changes);
    await failpoint('payment.session.afterProvider');
    const { payment: known } = await deps.followIntent(payment, intent, {});
    await failpoint('payment.session.afterApply');
    // One that confirms at once (cash on delivery) is answered as it stands; one that was paid before is refused.
    const paidBefore = opened.providerReference !== null ? refusedState(known) : undefined;
    if (paidBefore !== undefined) return paidBefore;
    if (known.state === 'CAPTURED' || known.state === 'CANCELLED') return refusedState(known) as OpenSessionResult;
    return { ok: true, payment: known, clientSecret, redirectUrl };
  } catch (error) {
    return refusalOf(deps, error, payment);
  }
}

/**
 * The payment with its intent as it was asked for first. That call may have failed for us and still be on its way: asked under its own key
 * it makes no second intent, as another key would. A refusal is final for its key, so that nothing comes of it any more.
 */
async function knownOnOldTerms(deps: OpenSessionDeps, provider: PaymentProvider, payment: Payment): Promise<Payment> {
  try {
    const { intent } = await makeIntent(provider, payment);
    return (await deps.followIntent(payment, intent, {})).payment;
  } catch (error) {
    if (error instanceof ProviderRefused) return payment;
    throw error;
  }
}

/** The one intent of this payment: made, or found again, or brought to other terms. */
function askFor(provider: PaymentProvider, payment: Payment, changes: boolean): Promise<OpenedIntent> {
  if (payment.providerReference === null) return makeIntent(provider, payment);
  if (changes) return provider.updateIntent(payment, providerKeys.updateIntent(payment));
  return provider.retrieveIntent(payment);
}

function newPayment(order: OrderForPayment, provider: PaymentProvider, terms: Terms, deps: OpenSessionDeps): Payment {
  const now = deps.clock();
  return {
    ...terms,
    id: newId('pay', now),
    orderId: order.id,
    purposeId: order.purposeId,
    orderNumber: order.number,
    customerId: order.customerId,
    provider: provider.code,
    captureMethod: provider.captureMethod,
    state: 'CREATED',
    currencyCode: order.currencyCode,
    authorizedCents: 0,
    capturedCents: 0,
    releasedCents: 0,
    refundedCents: 0,
    refundReservedCents: 0,
    disputed: false,
    chargedBackCents: 0,
    providerReference: null,
    attempt: 1,
    payableUntil: payableUntil(order, provider, now),
    authorizedUntil: null,
    failureCode: null,
    failureMessage: null,
    failureReference: null,
    cancelRequested: false,
    replaced: false,
    reconcileAt: new Date(now.getTime() + deps.reconcileAfterMs),
    version: 1,
    createdAt: now,
    captures: [],
    refunds: [],
  };
}

/** How long the money may take, in milliseconds; null where the order's own window is meant. */
const paymentWindowMs = (provider: PaymentProvider): number | null => provider.byHand?.paymentWindowMs ?? null;

const payableUntil = (order: OrderForPayment, provider: PaymentProvider, now: Date): Date =>
  new Date(Math.max(order.paymentDueAt.getTime(), now.getTime() + (paymentWindowMs(provider) ?? 0)));

/** Customers are only sent back to pages of this shop: anything else would make us a redirector for others. */
function isOwnUrl(url: string, origins: ReadonlySet<string>): boolean {
  return url.length <= 2_000 && URL.canParse(url) && origins.has(new URL(url).origin);
}

async function refusalOf(
  deps: Pick<OpenSessionDeps, 'payments' | 'logger'>,
  error: unknown,
  payment: Payment | null,
): Promise<OpenSessionResult & { ok: false }> {
  const paymentId = payment?.id;
  if (error instanceof ProviderUnavailable) {
    deps.logger.warn({ err: error, paymentId }, 'the provider cannot be reached');
    if (error.answered && payment !== null) await nextAttempt(deps.payments, payment);
    const message = 'The payment provider cannot be reached right now. Try again in a moment.';
    return refuse('PROVIDER_UNAVAILABLE', message, 'provider', payment);
  }
  if (error instanceof ServiceUnavailable) {
    return refuse('DEPENDENCY_UNAVAILABLE', 'The order cannot be read right now. Try again in a moment.');
  }
  if (error instanceof ProviderRefused) {
    deps.logger.error({ err: error, code: error.code, paymentId }, 'the provider refused a payment');
    if (payment !== null) await nextAttempt(deps.payments, payment);
    return refuse('PROVIDER_DECLINED', 'The payment provider does not accept this payment.', 'provider', payment);
  }
  throw error;
}

function refuse(
  code: Refusal['code'],
  message: string,
  field?: string,
  payment: Payment | null = null,
): OpenSessionResult & { ok: false } {
  const error = field === undefined ? { code, message } : { code, message, field: ['input', field] };
  return { ok: false, errors: [error], payment };
}
