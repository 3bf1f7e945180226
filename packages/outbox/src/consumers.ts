import { eventsConsumedBy } from '@souk/events';
import type { Database } from '@souk/postgres';
import { type Logger, metrics, type ServiceName } from '@souk/runtime';
import { createNodeRedisClient, type Job, Queue, Worker } from 'bullmq';
import { createClient } from 'redis';
import { createAcknowledger } from './acknowledge.js';
import { deliveryPolicy } from './courier.js';
import { createDelivery, type EventHandlers } from './deliver.js';
import type { Content, DeliveryData } from './deliveryData.js';
import { every, purgeInBatches } from './housekeeping.js';
import { purgeInbox } from './inbox.js';
import { queueName } from './names.js';
import { backoffMs, createBell, within } from './pacing.js';
import { keepConnected } from './redisConnection.js';
import { reportQueue } from './reportQueue.js';

export interface Consumers {
  /** Rejects while Redis cannot be reached, so that nothing is being consumed. */
  check(): Promise<void>;
  /** Takes no new work and lets running handlers finish; what does not within a few seconds is done by another process. */
  close(): Promise<void>;
}

const consuming = metrics.gauge('souk_events_consuming', '1 while the process takes events from its queue', [
  'consumer',
]);

/**
 * Consumes the events that `packages/events` addresses to this service. Throws when a handler is missing, or when one is for an event
 * that is not addressed to this service. A process that dies in the middle of a job is replaced by another one within about 7 s.
 */
export async function startConsumers(options: {
  service: ServiceName;
  database: Database;
  redisUrl: string;
  logger: Logger;
  handlers: EventHandlers;
  concurrency?: number;
  /** After so long a handler counts as failed. */
  handlerTimeoutMs?: number;
  /** How long `close` waits for running handlers. */
  closeTimeoutMs?: number;
}): Promise<Consumers> {
  const { service, logger } = options;
  refuseWrongHandlers(service, options.handlers);
  const acks = keepConnected({ url: options.redisUrl, name: 'acknowledge', logger });
  const acknowledger = createAcknowledger(service, () => acks.current());
  const delivering = {
    service,
    handlers: options.handlers,
    acknowledger,
    logger,
    handlerTimeoutMs: options.handlerTimeoutMs ?? 60_000,
  };
  const bell = createBell();
  let closed = false;
  let worker: Worker<DeliveryData> | undefined;

  /** One life of a BullMQ worker; ends when it is closed or when its connection could not be set up. */
  const work = async (): Promise<void> => {
    const client = createClient({
      url: options.redisUrl,
      socket: {
        reconnectStrategy: (retries) => backoffMs(retries, 50, 2_000),
        connectTimeout: 3_000,
        keepAlive: true,
        keepAliveInitialDelay: 5_000,
      },
    });
    client.on('ready', () => consuming.set({ consumer: service }, 1));
    client.on('error', () => consuming.set({ consumer: service }, 0));
    const adapter = createNodeRedisClient(client);
    adapter.on('error', () => undefined);
    const queue = new Queue<DeliveryData>(queueName(service), { connection: adapter, skipVersionCheck: true });
    queue.on('error', (error) => logger.debug({ err: error }, 'queue connection'));
    const deliver = createDelivery({ ...delivering, setApart: (content, job) => setApart(queue, content, job) });
    const current = new Worker<DeliveryData>(queueName(service), deliver, {
      connection: adapter,
      autorun: false,
      concurrency: options.concurrency ?? 8,
      lockDuration: 5_000,
      stalledInterval: 2_000,
      // stalls are not attempts: a job is not given up because its workers were killed
      maxStalledCount: 1_000,
      runRetryDelay: 1_000,
      removeOnComplete: deliveryPolicy.keepCompleted,
      removeOnFail: deliveryPolicy.keepFailed,
      skipVersionCheck: true,
    });
    current.on('error', (error) => logger.debug({ err: error }, 'worker connection'));
    worker = current;
    try {
      await current.run();
    } finally {
      worker = undefined;
      await within(2_000, 'closing a worker', current.close(true)).catch(() => undefined);
      if (client.isOpen) client.destroy();
      consuming.set({ consumer: service }, 0);
    }
  };

  const running = (async () => {
    for (let attempt = 0; !closed; attempt += 1) {
      await work().catch((error: unknown) => logger.warn({ err: error }, 'the consumer stopped; starting it again'));
      if (!closed) await bell.sleep(backoffMs(Math.min(attempt, 4), 200, 3_000));
    }
  })();
  const purging = every(3_600_000, 120_000 * (1 + Math.random()), 'inbox purge', logger, () =>
    purgeInBatches((size) => purgeInbox(options.database, size)),
  );
  const reporting = every(15_000, 1_000, 'queue depth', logger, () => reportQueue(service, acks.current()));

  return {
    async check() {
      if (acks.current() === undefined) throw new Error('redis is not reachable; events are not being consumed');
    },
    async close() {
      closed = true;
      bell.wake();
      const current = worker;
      if (current !== undefined) {
        await within(options.closeTimeoutMs ?? 5_000, 'finishing running handlers', current.close()).catch(
          (error: unknown) => logger.warn({ err: error }, 'another process will take over the running events'),
        );
      }
      await within(2_000, 'sending acknowledgements', acknowledger.flush()).catch(() => undefined);
      if (worker !== undefined) await within(2_000, 'closing the worker', worker.close(true)).catch(() => undefined);
      await Promise.all([
        within(3_000, 'stopping to consume', running).catch(() => undefined),
        acks.close(),
        purging.close(),
        reporting.close(),
      ]);
    },
  };
}

/**
 * Makes an event a job of its own: under the event's id, so that a resend finds it, and under the policy of the job that it was in.
 * When it is there already, nothing is added.
 */
async function setApart(
  queue: Queue<DeliveryData>,
  { id, type, event }: Content,
  job: Job<DeliveryData>,
): Promise<void> {
  const { delay } = job.opts.backoff as { delay: number };
  await queue.add(type, { events: [event], producer: job.data.producer }, { ...job.opts, jobId: id, delay });
}

function refuseWrongHandlers(service: ServiceName, handlers: EventHandlers): void {
  const expected = new Set(eventsConsumedBy(service).map((event) => event.type));
  const missing = [...expected].filter((type) => handlers[type as keyof EventHandlers] === undefined);
  const foreign = Object.keys(handlers).filter((type) => !expected.has(type));
  if (missing.length + foreign.length === 0) return;
  throw new Error(
    `${service}: ${missing.length > 0 ? `no handler for ${missing.join(', ')}` : ''}${missing.length * foreign.length > 0 ? '; ' : ''}${
      foreign.length > 0 ? `not addressed to it: ${foreign.join(', ')}` : ''
    }`,
  );
}
