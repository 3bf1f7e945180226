import { setTimeout as delay } from 'node:timers/promises';
import { events } from '@souk/events';
import { countStatement, type Logger } from '@souk/runtime';
import { createNodeRedisClient, type Job, type JobState, type JobType, Queue } from 'bullmq';
import { contentsOf, type DeliveryData } from './deliveryData.js';
import { LAG_KEY, queueName } from './names.js';
import { within } from './pacing.js';
import { keepConnected } from './redisConnection.js';

export type DeliveryState = 'WAITING' | 'ACTIVE' | 'DELAYED' | 'COMPLETED' | 'FAILED';

/** One event on its way to one consumer, for staff to see. */
export interface Delivery {
  /** `<queue>/<job id>`, and `/<event id>` when the event shares its job. The id of an event's own job is the event's. */
  readonly id: string;
  readonly queue: string;
  readonly type: string;
  readonly eventId: string;
  readonly state: DeliveryState;
  readonly failedAttempts: number;
  readonly failedReason: string | null;
  readonly traceId: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export interface ServiceLag {
  readonly service: string;
  readonly pending: number;
  readonly oldestSeconds: number;
  readonly reportedAt: Date;
}

/** A look at all deliveries. Every call rejects within a few seconds while Redis cannot be reached. */
export interface Deliveries {
  /** Newest first, at most `first`; of one queue or of all, in one state or in any. An unknown queue has none. */
  list(filter: { queue?: string | undefined; state?: DeliveryState | undefined; first: number }): Promise<Delivery[]>;
  /** Makes a parked delivery run again now, with one attempt; those that share its job run with it, which changes nothing for what is done. */
  retry(id: string): Promise<'retried' | 'not-found' | 'not-parked'>;
  /** The backlog that each producer told last. */
  lag(): Promise<ServiceLag[]>;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<DeliveryState, readonly JobType[]>> = {
  WAITING: ['waiting', 'prioritized'],
  ACTIVE: ['active'],
  DELAYED: ['delayed'],
  COMPLETED: ['completed'],
  FAILED: ['failed'],
};
const STATES = Object.keys(TYPES) as DeliveryState[];
const stateOf = (state: JobState | 'unknown'): DeliveryState =>
  STATES.find((one) => (TYPES[one] as readonly string[]).includes(state)) ?? 'WAITING';
const TIMEOUT_MS = 3_000;

/** The queues that exist: one per consumer of any event. */
export const allQueues: readonly string[] = [
  ...new Set(Object.values(events).flatMap((event) => event.consumers.map((consumer) => queueName(consumer)))),
].sort();

/** Opens the staff's view of the queues. */
export function openDeliveries(options: { redisUrl: string; logger: Logger }): Deliveries {
  let queues = new Map<string, Queue<DeliveryData>>();
  let adapter: ReturnType<typeof createNodeRedisClient> | undefined;
  const connection = keepConnected({
    url: options.redisUrl,
    name: 'jobs',
    logger: options.logger,
    onReady(client) {
      adapter = createNodeRedisClient(client);
      adapter.on('error', () => undefined);
      queues = new Map();
    },
    onLost() {
      for (const queue of queues.values()) void queue.close().catch(() => undefined);
      queues = new Map();
      adapter = undefined;
    },
  });

  /** A view that was opened a moment ago is not connected yet, which is no outage. */
  const connected = async (): Promise<void> => {
    for (const deadline = Date.now() + TIMEOUT_MS; adapter === undefined && Date.now() < deadline; ) await delay(20);
    if (adapter === undefined) throw new Error('redis is not reachable');
  };
  const queueOf = (name: string): Queue<DeliveryData> => {
    const known = queues.get(name);
    if (known !== undefined) return known;
    if (adapter === undefined) throw new Error('redis is not reachable');
    const queue = new Queue<DeliveryData>(name, { connection: adapter, skipVersionCheck: true });
    queue.on('error', (error) => options.logger.debug({ err: error, queue: name }, 'queue connection'));
    queues.set(name, queue);
    return queue;
  };

  const jobsOf = async (name: string, state: DeliveryState, first: number): Promise<Delivery[]> => {
    const jobs = await queueOf(name).getJobs([...TYPES[state]], 0, first - 1, false);
    return jobs.filter((job) => job !== undefined).flatMap((job) => show(name, job, state));
  };

  return {
    async list({ queue, state, first }) {
      await connected();
      const names = queue === undefined ? allQueues : allQueues.filter((name) => name === queue);
      const states = state === undefined ? STATES : [state];
      const pages = names.flatMap((name) => states.map((one) => jobsOf(name, one, first)));
      const found = (await within(TIMEOUT_MS, 'reading the queues', Promise.all(pages))).flat();
      return found.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime()).slice(0, first);
    },
    async retry(id) {
      const [name = '', jobId = ''] = id.split('/');
      if (!allQueues.includes(name)) return 'not-found';
      await connected();
      const job = await within(TIMEOUT_MS, 'reading the job', queueOf(name).getJob(jobId));
      if (job === undefined) return 'not-found';
      if (stateOf(await job.getState()) !== 'FAILED') return 'not-parked';
      await job.retry('failed');
      return 'retried';
    },
    async lag() {
      await connected();
      const client = connection.current();
      if (client === undefined) throw new Error('redis is not reachable');
      countStatement('redis');
      const told = await within(TIMEOUT_MS, 'reading the backlog', client.hGetAll(LAG_KEY));
      return Object.entries(told)
        .map(([service, text]) => {
          const lag = JSON.parse(text) as { pending: number; oldestSeconds: number; at: string };
          return { service, pending: lag.pending, oldestSeconds: lag.oldestSeconds, reportedAt: new Date(lag.at) };
        })
        .sort((a, b) => (a.service < b.service ? -1 : 1));
    },
    close: () => connection.close(),
  };
}

function show(queue: string, job: Job<DeliveryData>, state: DeliveryState): Delivery[] {
  return contentsOf(job).map(({ id, type, traceparent }, _, { length }) => ({
    id: `${queue}/${job.id}${length > 1 ? `/${id}` : ''}`,
    queue,
    type,
    eventId: id,
    state,
    failedAttempts: job.attemptsMade,
    failedReason: job.failedReason ?? null,
    traceId: traceparent?.split('-')[1] ?? null,
    createdAt: new Date(job.timestamp),
    finishedAt: job.finishedOn === undefined ? null : new Date(job.finishedOn),
  }));
}
