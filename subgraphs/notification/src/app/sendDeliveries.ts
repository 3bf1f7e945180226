import { failpoint, type Logger, metrics } from '@souk/runtime';
import { afterFailure, afterSending, type Outcome, type RetryPolicy } from '../domain/attempt.js';
import type { AccountForMail, Mail, OrderForMail, Shop } from '../domain/notification.js';
import {
  accountMail,
  isAccountTemplate,
  linkOf,
  type OrderTemplate,
  orderMail,
  orderSms,
  TOLD_WHEN_DISABLED,
} from '../domain/templates/index.js';
import type {
  AccountReader,
  ClaimedDelivery,
  DeliveryStore,
  EmailSender,
  MessageTags,
  OrderReader,
  SmsSender,
} from './ports.js';

export interface SendDeliveriesDeps {
  readonly store: Pick<DeliveryStore, 'finish' | 'renew'>;
  readonly readOrder: OrderReader;
  readonly readAccount: AccountReader;
  readonly sendEmail: EmailSender;
  readonly sendSms: SmsSender;
  readonly shop: Shop;
  readonly retry: RetryPolicy;
  readonly random: () => number;
  readonly logger: Logger;
  /** Called with the delay after which something is due again. */
  readonly onRetry: (delayMs: number) => void;
}

/**
 * How long a process has a delivery for itself. Short, so that what a dead worker had is sent soon; an attempt that takes longer renews it.
 */
export const LEASE_MS = 8_000;
const RENEW_EVERY_MS = 3_000;

const outcomes = metrics.counter('souk_notifications_total', 'Attempts to tell a customer', [
  'template',
  'channel',
  'state',
]);

/**
 * Attempts claimed deliveries of one event and writes down what became of them, in one statement. Providers are called outside of
 * any transaction; should the process die in between, the deliveries become due again when their claim runs out, and one that the
 * provider had taken is sent a second time, which is logged. Never rejects for what a provider or another service does.
 */
export const sendDeliveries =
  (deps: SendDeliveriesDeps) =>
  async (deliveries: readonly ClaimedDelivery[]): Promise<void> => {
    const results = await keepClaims(deps, deliveries, () => attemptAll(deps, deliveries));
    await failpoint('notification.delivery.afterProvider');
    await deps.store.finish(results);
    await failpoint('notification.delivery.afterFinish');
    for (const { delivery, outcome } of results) {
      const { id, template, channel, attempt, eventId } = delivery;
      outcomes.inc({ template, channel, state: outcome.state });
      const fields = { delivery: id, event: eventId, template, channel, attempt, state: outcome.state };
      if (outcome.state === 'SENT') deps.logger.info(fields, 'notification sent');
      else if (outcome.state === 'SUPPRESSED')
        deps.logger.debug({ ...fields, reason: outcome.reason }, 'notification suppressed');
      else if (outcome.state === 'QUEUED')
        deps.logger.warn({ ...fields, reason: outcome.reason }, 'notification failed; tried again');
      else deps.logger.error({ ...fields, reason: outcome.reason }, 'notification given up');
      if (outcome.state === 'QUEUED') deps.onRetry(outcome.delayMs);
    }
  };

/** Renews the claims while the work lasts: only of an attempt whose process has died they run out. */
async function keepClaims<T>(
  deps: Pick<SendDeliveriesDeps, 'store' | 'logger'>,
  deliveries: readonly ClaimedDelivery[],
  work: () => Promise<T>,
): Promise<T> {
  const timer = setInterval(() => {
    deps.store.renew(deliveries, LEASE_MS).catch((error: unknown) => {
      deps.logger.warn({ err: error, deliveries: deliveries.map(({ id }) => id) }, 'claims could not be renewed');
    });
  }, RENEW_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

type Results = { delivery: ClaimedDelivery; outcome: Outcome }[];

async function attemptAll(deps: SendDeliveriesDeps, deliveries: readonly ClaimedDelivery[]): Promise<Results> {
  const [first] = deliveries;
  if (first === undefined) return [];
  for (const { id, attempt, mayBeDuplicate } of deliveries) {
    if (mayBeDuplicate)
      deps.logger.warn({ delivery: id, attempt }, 'the last attempt left no outcome: this may be a second message');
  }
  const all = (make: (delivery: ClaimedDelivery) => Outcome): Results =>
    deliveries.map((delivery) => ({ delivery, outcome: make(delivery) }));
  const retry = (reason: string) =>
    all(({ attempt }) => afterFailure(deps.retry, attempt, null, reason, deps.random()));

  const { template } = first;
  if (isAccountTemplate(template)) {
    let account: AccountForMail | undefined;
    try {
      account = await deps.readAccount(first.userId ?? '', linkOf[template], first.params.emailChangeId);
    } catch (error) {
      return retry(`user service: ${nameOf(error)}`);
    }
    const known = account;
    if (known === undefined || !(known.isActive || TOLD_WHEN_DISABLED.has(template))) {
      return all(() => ({
        state: 'SUPPRESSED',
        recipient: null,
        reason: known === undefined ? 'ACCOUNT_NOT_FOUND' : 'ACCOUNT_DISABLED',
      }));
    }
    const mail = accountMail(template, deps.shop, known);
    if (mail === undefined) return all(() => ({ state: 'SUPPRESSED', recipient: null, reason: 'LINK_NOT_NEEDED' }));
    return perDelivery(deliveries, (delivery) => mailAccount(deps, delivery, known.email, mail));
  }
  let order: OrderForMail | undefined;
  try {
    order = await deps.readOrder(first.orderId ?? '', first.params);
  } catch (error) {
    return retry(`order service: ${nameOf(error)}`);
  }
  const known = order;
  if (known === undefined) return all(() => ({ state: 'FAILED', recipient: null, reason: 'ORDER_NOT_FOUND' }));
  if (known.isErased) return all(() => ({ state: 'SUPPRESSED', recipient: null, reason: 'ORDER_ERASED' }));
  return perDelivery(deliveries, (delivery) => tellAboutOrder(deps, delivery, known));
}

const perDelivery = (
  deliveries: readonly ClaimedDelivery[],
  attempt: (delivery: ClaimedDelivery) => Promise<Outcome>,
): Promise<Results> =>
  Promise.all(deliveries.map(async (delivery) => ({ delivery, outcome: await attempt(delivery) })));

const tagsOf = ({ id, eventId, attempt, template }: ClaimedDelivery): MessageTags => ({
  deliveryId: id,
  eventId,
  attempt,
  template,
});

async function mailAccount(
  deps: SendDeliveriesDeps,
  delivery: ClaimedDelivery,
  email: string,
  mail: Mail,
): Promise<Outcome> {
  const result = await deps.sendEmail(email, mail, tagsOf(delivery));
  return afterSending(deps.retry, delivery.attempt, email, result, deps.random());
}

async function tellAboutOrder(
  deps: SendDeliveriesDeps,
  delivery: ClaimedDelivery,
  order: OrderForMail,
): Promise<Outcome> {
  const template = delivery.template as OrderTemplate;
  if (delivery.channel === 'EMAIL') {
    const result = await deps.sendEmail(
      order.email,
      orderMail(template, deps.shop, order, delivery.params),
      tagsOf(delivery),
    );
    return afterSending(deps.retry, delivery.attempt, order.email, result, deps.random());
  }
  const text = orderSms(template, deps.shop, order);
  if (order.phone === null || text === undefined) {
    return { state: 'SUPPRESSED', recipient: null, reason: text === undefined ? 'NO_TEXT_FOR_TEMPLATE' : 'NO_PHONE' };
  }
  const result = await deps.sendSms(order.phone, text, tagsOf(delivery));
  return afterSending(deps.retry, delivery.attempt, order.phone, result, deps.random());
}

/** A short reason without data: the error's class, or its code. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.constructor.name : 'unknown');
