import { monotonicMs } from '@souk/runtime';
import type { StoredWebhook, WebhookStore } from './ports.js';

export interface WebhookQueue {
  /** Processes it as soon as there is room; one that finds no room is taken by the sweeper. */
  start(webhook: StoredWebhook): void;
  /** One round of the sweeper: what was parked, or left by a process that died. Answers whether there may be more. */
  sweep(): Promise<boolean>;
  /** Takes nothing new and waits for what is being processed. */
  close(): Promise<void>;
}

/**
 * How long a process that stores or takes a webhook has it for itself. Short, so that what a dead process had is processed soon; one that is
 * slower than that is processed twice, which changes nothing.
 */
export const WEBHOOK_LEASE_MS = 8_000;
const CONCURRENCY = 8;
const MAX_WAITING = 1_000;
const BATCH = 50;

/** Processes webhooks that are stored, a few at a time; the store stays the record, so nothing is lost with this queue. */
export function createWebhookQueue(
  webhooks: Pick<WebhookStore, 'take'>,
  process: (webhook: StoredWebhook) => Promise<void>,
): WebhookQueue {
  const waiting: { readonly webhook: StoredWebhook; readonly until: number }[] = [];
  const running = new Set<Promise<void>>();
  let closed = false;

  function next(): void {
    while (!closed && running.size < CONCURRENCY && waiting.length > 0) {
      const { webhook, until } = waiting.shift() as (typeof waiting)[number];
      // it has waited for so long that the sweeper of some process has it
      if (monotonicMs() >= until) continue;
      const work: Promise<void> = process(webhook).finally(() => {
        running.delete(work);
        next();
      });
      running.add(work);
    }
  }

  return {
    start(webhook) {
      if (closed || waiting.length >= MAX_WAITING) return;
      waiting.push({ webhook, until: monotonicMs() + WEBHOOK_LEASE_MS });
      setImmediate(next);
    },
    async sweep() {
      const due = await webhooks.take(BATCH);
      await Promise.all(due.map(process));
      return due.length === BATCH;
    },
    async close() {
      closed = true;
      waiting.length = 0;
      await Promise.all(running);
    },
  };
}
