import { failpoint, type Logger, metrics, newContext, newId, runInContext } from '@souk/runtime';
import type { Payment } from '../domain/payment.js';
import type { ApplyIntent } from './applyIntent.js';
import { historyEntry, untilApplied } from './changes.js';
import type { applyRefund } from './executeRefund.js';
import type {
  Clock,
  DisputeSnapshot,
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
  readonly applyIntent: ApplyIntent;
  readonly applyRefund: ReturnType<typeof applyRefund>;
  readonly clock: Clock;
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

type Outcome = 'SETTLED_WITH_EFFECT' | 'NOTHING_NEW' | 'IRRELEVANT' | 'NOT_OURS' | 'UNKNOWN_PAYMENT';

async function settle(
  deps: ProcessWebhookDeps,
  webhook: StoredWebhook,
  outcome: Exclude<Outcome, 'SETTLED_WITH_EFFECT'>,
): Promise<void> {
  processed.inc({ outcome: outcome.toLowerCase() });
  if (outcome === 'NOTHING_NEW') await deps.webhooks.settle(webhook.id, 'PROCESSED', null);
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
  if (provider === undefined) return 'NOT_OURS';
  const notice = provider.readNotice(webhook);
  if (notice.kind === 'IRRELEVANT') return 'IRRELEVANT';
  const { reference, paymentId } = aboutOf(notice);
  const payment = await deps.payments.ofIntent(webhook.provider, reference, paymentId);
  if (payment === undefined) return notice.kind === 'INTENT' && paymentId === null ? 'NOT_OURS' : 'UNKNOWN_PAYMENT';
  const cause = { webhookId: webhook.id, providerEventId: webhook.providerEventId };
  switch (notice.kind) {
    case 'INTENT': {
      const { changed } = await deps.applyIntent(payment, notice.intent, cause);
      return changed ? 'SETTLED_WITH_EFFECT' : 'NOTHING_NEW';
    }
    case 'REFUND': {
      const { changed } = await deps.applyRefund(payment.id, notice.refund, cause);
      return changed ? 'SETTLED_WITH_EFFECT' : 'NOTHING_NEW';
    }
    case 'REFUNDS_CHANGED':
      for (const refund of await provider.listRefunds(notice.intentReference)) {
        await deps.applyRefund(payment.id, refund, { providerEventId: webhook.providerEventId });
      }
      return 'NOTHING_NEW';
    case 'DISPUTE':
      await applyDispute(deps, payment.id, notice.dispute, cause);
      return 'SETTLED_WITH_EFFECT';
  }
}

function aboutOf(notice: Exclude<ProviderNotice, { kind: 'IRRELEVANT' }>): {
  reference: string;
  paymentId: string | null;
} {
  switch (notice.kind) {
    case 'INTENT':
      return { reference: notice.intent.reference, paymentId: notice.intent.paymentId };
    case 'REFUND':
      return { reference: notice.refund.intentReference, paymentId: null };
    case 'REFUNDS_CHANGED':
      return { reference: notice.intentReference, paymentId: null };
    case 'DISPUTE':
      return { reference: notice.dispute.intentReference, paymentId: null };
  }
}

/** Records a dispute and shows the payment as disputed while it is open. */
function applyDispute(
  deps: ProcessWebhookDeps,
  paymentId: string,
  dispute: DisputeSnapshot,
  cause: { webhookId: string; providerEventId: string },
): Promise<true> {
  return untilApplied(`payment ${paymentId}`, async () => {
    const [before] = await deps.payments.byIds([paymentId], false);
    if (before === undefined) throw new Error(`payment ${paymentId} has vanished`);
    const now = deps.clock();
    const after: Payment = { ...before, disputed: dispute.open, version: before.version + 1 };
    const type = dispute.open ? 'dispute.opened' : 'dispute.closed';
    const { providerEventId, webhookId } = cause;
    const history = [historyEntry(type, now, { amountCents: dispute.amountCents, providerEventId })];
    const change = { before, after, history, dispute: { ...dispute, id: newId('dsp', now) }, webhookId };
    return (await deps.payments.apply(change)) || undefined;
  });
}
