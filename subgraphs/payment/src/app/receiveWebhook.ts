import { failpoint, type Logger, metrics, newId } from '@souk/runtime';
import type {
  Clock,
  Providers,
  ProviderWebhooks,
  StoredWebhook,
  VerifiedWebhook,
  WebhookMessage,
  WebhookStore,
} from './ports.js';

export interface ReceiveWebhookDeps {
  readonly webhooks: WebhookStore;
  readonly providers: Providers;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Starts processing; returns at once. */
  readonly startProcessing: (webhook: StoredWebhook) => void;
}

export type ReceiveWebhookResult = 'STORED' | 'KNOWN' | 'REFUSED' | 'NO_SUCH_PROVIDER';

const received = metrics.counter('souk_webhooks_received_total', 'Webhooks by what was done with them', [
  'provider',
  'outcome',
]);

/**
 * Takes a provider's message: verified against the exact bytes, then stored (one statement, once per provider event), and only then
 * acknowledged by the caller. It is processed afterwards. What is not signed, or was signed long ago, is refused and leaves no trace
 * but a count.
 */
export const receiveWebhook =
  (deps: ReceiveWebhookDeps) =>
  async (providerCode: string, message: WebhookMessage): Promise<ReceiveWebhookResult> => {
    const webhooks = deps.providers.get(providerCode)?.webhooks;
    if (webhooks === undefined || webhooks === null) return 'NO_SUCH_PROVIDER';
    const verified = await webhooks.verify(message, deps.clock());
    if (verified === undefined) {
      received.inc({ provider: providerCode, outcome: 'refused' });
      deps.logger.warn({ provider: providerCode }, 'a webhook was refused: its signature does not fit');
      return 'REFUSED';
    }
    const webhook: StoredWebhook = { ...verified, id: newId('whk'), provider: providerCode, attempts: 0 };
    const relevant = isRelevant(webhooks, verified);
    await failpoint('payment.webhook.beforeStore');
    const isNew = await deps.webhooks.store(webhook, relevant);
    await failpoint('payment.webhook.afterStore');
    received.inc({ provider: providerCode, outcome: isNew ? 'stored' : 'known' });
    if (isNew && relevant) deps.startProcessing(webhook);
    return isNew ? 'STORED' : 'KNOWN';
  };

/** A message that cannot be read counts as relevant: it is kept, and its processing shows what is wrong with it. */
function isRelevant(webhooks: ProviderWebhooks, webhook: VerifiedWebhook): boolean {
  try {
    return webhooks.read(webhook).kind !== 'IRRELEVANT';
  } catch {
    return true;
  }
}
