import type { Clock, WebhookStore } from './ports.js';

const BATCH = 1_000;

/**
 * One round of forgetting what nobody asks for any more: webhooks that were settled, and idempotency keys of sessions, both kept for
 * `keepMs`. A provider sends a webhook again for days, not for months; a payment itself is kept. Answers whether there is more.
 */
export const purgeOld =
  (deps: { webhooks: Pick<WebhookStore, 'purge'>; clock: Clock; keepMs: number }) => async (): Promise<boolean> =>
    (await deps.webhooks.purge(new Date(deps.clock().getTime() - deps.keepMs), BATCH)) >= BATCH;
