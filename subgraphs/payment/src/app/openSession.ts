import { createHash } from 'node:crypto';
import { failpoint, type Logger, newId, ServiceUnavailable, type Viewer } from '@souk/runtime';
import type { IntentSnapshot } from '../domain/decideIntent.js';
import type { Payment } from '../domain/payment.js';
import type { Refusal } from '../domain/refusal.js';
import type { ApplyIntent } from './applyIntent.js';
import { untilApplied } from './changes.js';
import {
  type Clock,
  type OrderForPayment,
  type OrderPort,
  type PaymentProvider,
  type PaymentStore,
  ProviderRefused,
  type Providers,
  ProviderUnavailable,
} from './ports.js';
import { makeIntent, providerKeys } from './providerKeys.js';
import { viewerMaySee } from './viewerMaySee.js';

export interface OpenSessionDeps {
  readonly payments: PaymentStore;
  readonly orders: OrderPort;
  readonly providers: Providers;
  readonly applyIntent: ApplyIntent;
  readonly clock: Clock;
  readonly logger: Logger;
  /** When the provider is asked about a new payment whose webhook has not come. */
  readonly reconcileAfterMs: number;
}

export interface OpenSessionCommand {
  readonly orderId: string;
  readonly provider: string;
  readonly idempotencyKey: string;
}

export type OpenSessionResult =
  | { readonly ok: true; readonly payment: Payment; readonly clientSecret: string | null }
  | { readonly ok: false; readonly errors: readonly Refusal[]; readonly payment: Payment | null };

/**
 * Opens the payment of an order, or finds the one it has: one payment per order, one intent at its provider. The amount comes from the
 * order service. In three short steps, none of which holds a transaction over a call: the intention is recorded, the
 * provider is called with a key made of what was recorded, its answer is recorded. After a crash or a lost answer the next call (or the
 * reconciliation) asks with the same key and finds what the provider did. DESIGN.md section 6, step 2.
 */
export const openSession =
  (deps: OpenSessionDeps) =>
  async (viewer: Viewer, command: OpenSessionCommand): Promise<OpenSessionResult> => {
    if (command.idempotencyKey.length < 8 || command.idempotencyKey.length > 100) {
      return refuse('INVALID', 'The idempotency key must have 8 to 100 characters.', 'idempotencyKey');
    }
    const provider = deps.providers.get(command.provider);
    if (provider === undefined) return refuse('INVALID', 'There is no such payment provider.', 'provider');
    let order: OrderForPayment | null;
    try {
      order = await deps.orders.forPayment(command.orderId);
    } catch (error) {
      if (!(error instanceof ServiceUnavailable)) throw error;
      return refuse('DEPENDENCY_UNAVAILABLE', 'The order cannot be read right now. Try again in a moment.');
    }
    if (order === null || !viewerMaySee(viewer, order))
      return refuse('NOT_FOUND', 'There is no such order.', 'orderId');
    if (order.status === 'CONFIRMED') return refuse('ALREADY_PAID', 'This order is paid.', 'orderId');
    if (!order.payable || order.totalCentAmount <= 0) {
      return refuse('ORDER_NOT_PAYABLE', 'This order cannot be paid (any more).', 'orderId');
    }
    if (!provider.supports(order.currencyCode)) {
      return refuse('INVALID', `This provider takes no ${order.currencyCode}.`, 'provider');
    }
    const opened = await deps.payments.open({
      payment: newPayment(order, command.provider, deps),
      scope: viewer.kind === 'user' ? viewer.userId : order.id,
      key: command.idempotencyKey,
      inputHash: createHash('sha256').update(`${order.id} ${command.provider}`).digest('base64url'),
    });
    if (opened === 'KEY_REUSED') {
      return refuse('IDEMPOTENCY_KEY_REUSED', 'This key was used for another payment.', 'idempotencyKey');
    }
    if (opened.state === 'CAPTURED') return refuse('ALREADY_PAID', 'This order is paid.', 'orderId', opened);
    if (opened.state === 'CANCELLED' || opened.cancelRequested) {
      return refuse('ORDER_NOT_PAYABLE', 'The payment of this order was cancelled.', 'orderId', opened);
    }
    return reachProvider(deps, provider, opened, order);
  };

async function reachProvider(
  deps: OpenSessionDeps,
  provider: PaymentProvider,
  opened: Payment,
  order: OrderForPayment,
): Promise<OpenSessionResult> {
  let payment = opened;
  try {
    if (payment.amountCents !== order.totalCentAmount) payment = await changeAmount(deps, payment, order);
    await failpoint('payment.session.beforeProvider');
    const { intent, clientSecret } = await askFor(provider, payment, opened);
    await failpoint('payment.session.afterProvider');
    const { payment: known } = await deps.applyIntent(payment, intent, {});
    await failpoint('payment.session.afterApply');
    if (known.state === 'CAPTURED') return refuse('ALREADY_PAID', 'This order is paid.', 'orderId', known);
    if (known.state === 'CANCELLED') {
      return refuse('ORDER_NOT_PAYABLE', 'The payment of this order was cancelled.', 'orderId', known);
    }
    return { ok: true, payment: known, clientSecret };
  } catch (error) {
    if (error instanceof ProviderUnavailable) {
      deps.logger.warn({ err: error, paymentId: payment.id }, 'the provider cannot be reached');
      if (error.answered) await nextAttempt(deps, payment.id);
      const message = 'The payment provider cannot be reached right now. Try again in a moment.';
      return refuse('PROVIDER_UNAVAILABLE', message, 'provider', payment);
    }
    if (error instanceof ProviderRefused) {
      deps.logger.error({ err: error, code: error.code, paymentId: payment.id }, 'the provider refused a payment');
      await nextAttempt(deps, payment.id);
      return refuse('PROVIDER_DECLINED', 'The payment provider does not accept this payment.', 'provider', payment);
    }
    throw error;
  }
}

/** The one intent of this payment: made, or found again, or with the order's new amount. */
async function askFor(
  provider: PaymentProvider,
  payment: Payment,
  opened: Payment,
): Promise<{ intent: IntentSnapshot; clientSecret: string | null }> {
  if (payment.providerReference === null) return makeIntent(provider, payment);
  if (payment.amountCents !== opened.amountCents) {
    return provider.updateAmount(payment, providerKeys.updateAmount(payment));
  }
  return provider.retrieveIntent(payment.providerReference);
}

/** The order costs something else now: the payment takes the new amount, under keys of a new attempt. */
function changeAmount(deps: OpenSessionDeps, payment: Payment, order: OrderForPayment): Promise<Payment> {
  return untilApplied(`payment ${payment.id}`, async () => {
    const [before] = await deps.payments.byIds([payment.id], false);
    if (before === undefined) throw new Error(`payment ${payment.id} has vanished`);
    const after: Payment = {
      ...before,
      amountCents: order.totalCentAmount,
      attempt: before.attempt + 1,
      version: before.version + 1,
    };
    return (await deps.payments.apply({ before, after })) ? after : undefined;
  });
}

/** The provider keeps refusals, and some failures, under their key: the next try needs another one. */
async function nextAttempt(deps: OpenSessionDeps, paymentId: string): Promise<void> {
  await untilApplied(`payment ${paymentId}`, async () => {
    const [before] = await deps.payments.byIds([paymentId], false);
    if (before === undefined || before.providerReference !== null) return true;
    const after: Payment = { ...before, attempt: before.attempt + 1, version: before.version + 1 };
    return (await deps.payments.apply({ before, after })) || undefined;
  });
}

function newPayment(order: OrderForPayment, provider: string, deps: OpenSessionDeps): Payment {
  const now = deps.clock();
  return {
    id: newId('pay', now),
    orderId: order.id,
    orderNumber: order.number,
    customerId: order.customerId,
    provider,
    state: 'CREATED',
    currencyCode: order.currencyCode,
    amountCents: order.totalCentAmount,
    authorizedCents: 0,
    capturedCents: 0,
    refundedCents: 0,
    refundReservedCents: 0,
    disputed: false,
    providerReference: null,
    attempt: 1,
    payableUntil: order.paymentDueAt,
    failureCode: null,
    failureMessage: null,
    failureReference: null,
    cancelRequested: false,
    reconcileAt: new Date(now.getTime() + deps.reconcileAfterMs),
    version: 1,
    createdAt: now,
    refunds: [],
  };
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
