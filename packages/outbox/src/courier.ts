import type { EventEnvelope } from '@souk/events';
import type { Logger, ServiceName } from '@souk/runtime';
import { createNodeRedisClient, Queue } from 'bullmq';
import type { DueEvent } from './claim.js';
import type { DeliveryData } from './deliveryData.js';
import { queueName } from './names.js';
import { within } from './pacing.js';
import { keepConnected, type RedisClient } from './redisConnection.js';

/** How a delivery is retried by its consumer, and for how long its job stays to be seen. Times in milliseconds and seconds. */
export interface DeliveryPolicy {
  /** After so many failures the job is parked: it stays failed until somebody, or a later resend, tries it again. */
  readonly attempts: number;
  readonly firstRetryMs: number;
  readonly keepCompleted: { age: number; count: number };
  readonly keepFailed: { age: number; count: number };
}

export const deliveryPolicy: DeliveryPolicy = {
  attempts: 10,
  firstRetryMs: 500,
  keepCompleted: { age: 3_600, count: 1_000 },
  keepFailed: { age: 14 * 86_400, count: 100_000 },
};

/** So many events that leave together are one job: a job costs Redis and its consumer as much as what is done for an event. */
const TOGETHER_AT_MOST = 10;

export interface Courier {
  /** Whether a delivery could be handed over now. */
  ready(): boolean;
  /**
   * Puts a job on the queue of each pending consumer; events that are sent for the first time share theirs. Rejects, having handed over
   * some or none, when Redis fails.
   */
  deliver(due: readonly DueEvent[]): Promise<void>;
  client(): RedisClient | undefined;
  close(): Promise<void>;
}

/** Hands events to BullMQ. `onReady` is called after each (re)connection. */
export function createCourier(options: {
  service: ServiceName;
  redisUrl: string;
  logger: Logger;
  policy?: Partial<DeliveryPolicy>;
  timeoutMs?: number;
  onReady: (client: RedisClient) => void;
  onLost: () => void;
}): Courier {
  const { logger } = options;
  const policy = { ...deliveryPolicy, ...options.policy };
  let queues = new Map<string, Queue<DeliveryData>>();
  let connect: (() => ReturnType<typeof createNodeRedisClient>) | undefined;

  const connection = keepConnected({
    url: options.redisUrl,
    name: 'courier',
    logger,
    onReady(client) {
      // one adapter per connection: BullMQ loads its scripts once per adapter, and a restarted Redis has forgotten them
      const adapter = createNodeRedisClient(client);
      adapter.on('error', () => undefined);
      queues = new Map();
      connect = () => adapter;
      options.onReady(client);
    },
    onLost() {
      for (const queue of queues.values()) void queue.close().catch(() => undefined);
      queues = new Map();
      connect = undefined;
      options.onLost();
    },
  });

  const queueOf = (consumer: string): Queue<DeliveryData> => {
    const known = queues.get(consumer);
    if (known !== undefined) return known;
    if (connect === undefined) throw new Error('redis is not reachable');
    const queue = new Queue<DeliveryData>(queueName(consumer), { connection: connect(), skipVersionCheck: true });
    queue.on('error', (error) => logger.debug({ err: error, consumer }, 'queue connection'));
    queues.set(consumer, queue);
    return queue;
  };

  const jobOf = (event: EventEnvelope, others: readonly EventEnvelope[] = []) => ({
    name: others.length === 0 ? event.type : 'events',
    data: { events: [event, ...others], producer: options.service },
    opts: {
      jobId: others.length === 0 ? event.id : `${event.id}+${others.length}`,
      attempts: policy.attempts,
      backoff: { type: 'exponential', delay: policy.firstRetryMs, jitter: 0.5 },
      removeOnComplete: policy.keepCompleted,
      removeOnFail: policy.keepFailed,
      stackTraceLimit: 1,
    },
  });

  const deliverTo = async (consumer: string, due: readonly DueEvent[]): Promise<void> => {
    const queue = queueOf(consumer);
    const again = await Promise.all(due.filter(({ sends }) => sends > 1).map((one) => needsNewJob(queue, one)));
    const jobs = again.flatMap((one) => (one === undefined ? [] : [jobOf(one.event)]));
    const fresh = due.flatMap(({ event, sends }) => (sends === 1 ? [event] : []));
    for (let from = 0; from < fresh.length; from += TOGETHER_AT_MOST) {
      const [first, ...others] = fresh.slice(from, from + TOGETHER_AT_MOST) as [EventEnvelope, ...EventEnvelope[]];
      jobs.push(jobOf(first, others));
    }
    if (jobs.length > 0) await queue.addBulk(jobs);
  };

  return {
    ready: () => connection.current() !== undefined,
    client: () => connection.current(),
    async deliver(due) {
      const byConsumer = new Map<string, DueEvent[]>();
      for (const one of due) {
        for (const consumer of one.pending) {
          const list = byConsumer.get(consumer);
          if (list) list.push(one);
          else byConsumer.set(consumer, [one]);
        }
      }
      const deliveries = [...byConsumer].map(([consumer, events]) => deliverTo(consumer, events));
      try {
        await within(options.timeoutMs ?? 5_000, 'handing events to redis', Promise.all(deliveries));
      } catch (error) {
        // whatever it was (lost scripts, a hanging socket), the next connection starts clean
        connection.renew();
        throw error;
      }
    },
    close: () => connection.close(),
  };
}

/**
 * An event that is not settled long after it was sent. A job of its id that still waits, runs or backs off is left alone, so a slow
 * consumer is not buried under copies; a parked one is tried once more; a completed one (its acknowledgement was lost) or a
 * missing one (Redis lost it) makes way for a new job.
 */
async function needsNewJob(queue: Queue<DeliveryData>, due: DueEvent): Promise<DueEvent | undefined> {
  const job = await queue.getJob(due.event.id);
  if (job === undefined) return due;
  const state = await job.getState();
  if (state === 'completed' || state === 'unknown') {
    await job.remove();
    return due;
  }
  if (state === 'failed') await job.retry('failed');
  return undefined;
}
