import { failpoint, type Logger, metrics, newContext, runInContext } from '@souk/runtime';
import type { ApplyDispute } from './applyDispute.js';
import type { applyRefund } from './executeRefund.js';
import type { FollowIntent } from './followIntent.js';
import type {
  MethodNotice,
  MethodStore,
  PaymentStore,
  ProviderNotice,
  Providers,
  StoredWebhook,
  WebhookStore,
} from './ports.js';

export interface ProcessWebhookDeps {
  readonly webhooks: WebhookStore;
  readonly payments: PaymentStore;
  readonly providers: Providers;
  readonly methods: Pick<MethodStore, 'save'>;
  readonly followIntent: FollowIntent;
  readonly applyRefund: ReturnType<typeof applyRefund>;
  readonly applyDispute: ApplyDispute;
  readonly logger: Logger;
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10 * 60_000;
/** With the delays above, about a day: by then a payment is known, or is none of ours. */
const MAX_ATTEMPTS = 150;

const processed = metrics.counter('souk_webhooks_processed_total', 'Processed webhooks by outcome', ['outcome']);

/**
 * Processes a stored webhook: its news is applied to the payment, together with the mark that it was processed. In any order and any
 * number: what says nothing new changes nothing. A payment that is not known (yet) parks the webhook; so does any failure. Never throws.
 */
export const processWebhook =
  (deps: ProcessWebhookDeps) =>
  (webhook: StoredWebhook): Promise<void> =>
    runInContext(newContext('background', { actor: `provider:${webhook.provider}` }), async () => {
      try {
        await failpoint('payment.webhook.beforeApply');
        const outcome = await applyNotice(deps, webhook);
        if (outcome === 'SETTLED_WITH_EFFECT') processed.inc({ outcome: 'applied' });
        else await settle(deps, webhook, outcome);
      } catch (error) {
        processed.inc({ outcome: 'failed' });
        deps.logger.error({ err: error, webhookId: webhook.id, type: webhook.type }, 'processing a webhook failed');
        await retryLater(deps, webhook, error instanceof Error ? error.name : 'failed').catch((failure: unknown) =>
          deps.logger.error({ err: failure, webhookId: webhook.id }, 'a webhook could not be parked'),
        );
      }
    });

type Outcome = 'SETTLED_WITH_EFFECT' | 'NOTHING_NEW' | 'IRRELEVANT' | 'NOT_OURS' | 'UNKNOWN_PAYMENT' | 'EARLY';

async function settle(
  deps: ProcessWebhookDeps,
  webhook: StoredWebhook,
  outcome: Exclude<Outcome, 'SETTLED_WITH_EFFECT'>,
): Promise<void> {
  processed.inc({ outcome: outcome.toLowerCase() });
  if (outcome === 'NOTHING_NEW') await deps.webhooks.settle(webhook.id, 'PROCESSED', null);
  else if (outcome === 'EARLY') await retryLater(deps, webhook, 'the capture that it is about is not known yet');
  else if (outcome === 'UNKNOWN_PAYMENT') await retryLater(deps, webhook, 'the payment is not known yet');
  else await deps.webhooks.settle(webhook.id, 'IGNORED', null);
}

async function retryLater(deps: ProcessWebhookDeps, webhook: StoredWebhook, error: string): Promise<void> {
  if (webhook.attempts + 1 >= MAX_ATTEMPTS) {
    await deps.webhooks.settle(webhook.id, 'FAILED', error);
  } else {
    await deps.webhooks.park(webhook.id, error, Math.min(FIRST_RETRY_MS * 2 ** webhook.attempts, LAST_RETRY_MS));
  }
}

async function applyNotice(deps: ProcessWebhookDeps, webhook: StoredWebhook): Promise<Outcome> {
  const provider = deps.providers.get(webhook.provider);
  if (provider === undefined || provider.webhooks === null) return 'NOT_OURS';
  const notice = provider.webhooks.read(webhook);
  if (notice.kind === 'IRRELEVANT') return 'IRRELEVANT';
  if (notice.kind === 'METHOD') return applyMethod(deps, webhook, notice);
  const { reference, paymentId } = aboutOf(notice);
  const payment = await deps.payments.ofIntent(webhook.provider, reference, paymentId);
  if (payment === undefined) return isForeign(notice) || isOver(notice) ? 'NOT_OURS' : 'UNKNOWN_PAYMENT';
  const cause = { webhookId: webhook.id, providerEventId: webhook.providerEventId };
  const outcome = ({ changed, early }: { changed: boolean; early?: boolean }): Outcome =>
    early ? 'EARLY' : changed ? 'SETTLED_WITH_EFFECT' : 'NOTHING_NEW';
  switch (notice.kind) {
    case 'INTENT':
      return outcome(await deps.followIntent(payment, notice.intent, cause));
    case 'INTENT_CHANGED': {
      const { intent } = await provider.retrieveIntent({
        ...payment,
        providerReference: reference ?? payment.providerReference,
      });
      return outcome(await deps.followIntent(payment, intent, cause));
    }
    case 'REFUND':
      return outcome(await deps.applyRefund(payment.id, notice.refund, cause));
    case 'REFUNDS_CHANGED': {
      const refunds = await provider.listRefunds(payment);
      const news = { providerEventId: webhook.providerEventId };
      let early = false;
      for (const refund of refunds) early = (await deps.applyRefund(payment.id, refund, news)).early || early;
      return outcome({ changed: false, early });
    }
    case 'DISPUTE':
      return outcome(await deps.applyDispute(payment.id, notice.dispute, cause));
  }
}

type PaymentNotice = Exclude<ProviderNotice, { kind: 'IRRELEVANT' } | MethodNotice>;

/** The end of an intent that no payment knows, as its payment goes on with another one: nothing can come of it. */
const isOver = (notice: PaymentNotice): boolean => notice.kind === 'INTENT' && notice.intent.state === 'CANCELLED';

/** Intents that this shop has made carry the id of their payment. */
const isForeign = (notice: PaymentNotice): boolean =>
  (notice.kind === 'INTENT' && notice.intent.paymentId === null) ||
  (notice.kind === 'INTENT_CHANGED' && notice.paymentId === null);

function aboutOf(notice: PaymentNotice): { reference: string | null; paymentId: string | null } {
  switch (notice.kind) {
    case 'INTENT':
      return { reference: notice.intent.reference, paymentId: notice.intent.paymentId };
    case 'INTENT_CHANGED':
      return { reference: notice.intentReference, paymentId: notice.paymentId };
    case 'REFUND':
      return { reference: notice.refund.intentReference, paymentId: null };
    case 'REFUNDS_CHANGED':
      return { reference: notice.intentReference, paymentId: notice.paymentId ?? null };
    case 'DISPUTE':
      return { reference: notice.dispute.intentReference, paymentId: notice.paymentId ?? null };
  }
}

/** A saved method of a customer whom this shop has made; others are none of its. */
async function applyMethod(
  deps: ProcessWebhookDeps,
  webhook: StoredWebhook,
  { customerReference, method, asOfMs }: MethodNotice,
): Promise<Outcome> {
  const known = await deps.methods.save(webhook.provider, customerReference, [method], new Date(asOfMs));
  return known ? 'NOTHING_NEW' : 'NOT_OURS';
}
