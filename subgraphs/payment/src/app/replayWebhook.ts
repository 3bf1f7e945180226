import type { Refusal } from '../domain/refusal.js';
import type { StoredWebhook, WebhookRecord, WebhookStore } from './ports.js';

export type ReplayResult =
  | { readonly ok: true; readonly event: WebhookRecord }
  | { readonly ok: false; readonly errors: readonly Refusal[] };

/** Processes a stored webhook again, now; its effect is applied once whatever its status was. The caller has checked that the viewer is staff. */
export const replayWebhook =
  (deps: { webhooks: WebhookStore; process: (webhook: StoredWebhook) => Promise<void> }) =>
  async (id: string): Promise<ReplayResult> => {
    const webhook = await deps.webhooks.reopen(id);
    if (webhook === undefined) {
      return { ok: false, errors: [{ code: 'NOT_FOUND', message: 'There is no such webhook.', field: ['id'] }] };
    }
    await deps.process(webhook);
    const event = await deps.webhooks.find(id);
    if (event === undefined) throw new Error(`webhook ${id} has vanished`);
    return { ok: true, event };
  };
