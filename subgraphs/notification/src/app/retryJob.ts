import { auditRecords, type EventEnvelope } from '@souk/events';
import type { Deliveries } from '@souk/outbox';

/**
 * Has a parked delivery tried once more. The audit log is told behind it: the queue is in Redis, which no transaction of ours reaches.
 */
export const retryJob =
  (deps: { jobs: Pick<Deliveries, 'retry'>; publish: (events: readonly EventEnvelope[]) => Promise<void> }) =>
  async (id: string): Promise<Awaited<ReturnType<Deliveries['retry']>>> => {
    const outcome = await deps.jobs.retry(id);
    if (outcome === 'retried') await deps.publish(auditRecords([id.slice(id.indexOf('/') + 1)]));
    return outcome;
  };
