import { type EventOf, type EventOfType, type EventType, parseEvent } from '@souk/events';
import { failpoint, type Logger, metrics, newContext, runInContext, SERVICES, type ServiceName } from '@souk/runtime';
import { type Job, UnrecoverableError } from 'bullmq';
import type { Acknowledger } from './acknowledge.js';
import { type Content, contentsOf, type DeliveryData } from './deliveryData.js';
import { within } from './pacing.js';

/**
 * Handlers by event type. A handler makes its effect and its inbox row one transaction (`once`, or one statement with
 * `INBOX_CLAIM`), since it may be called more than once for an event, even at the same time.
 */
export type EventHandlers = {
  readonly [Type in EventType]?: (event: EventOf<EventOfType<Type>>) => Promise<void>;
};

/** Thrown by a handler when trying again cannot help: the delivery is parked at once, visible to staff. */
export class ParkDelivery extends Error {
  override readonly name = 'ParkDelivery';
}

const processed = metrics.counter('souk_events_processed_total', 'Deliveries by their outcome', ['type', 'outcome']);
const duration = metrics.histogram('souk_event_handler_seconds', 'Time of a handler', ['type']);
const delay = metrics.histogram(
  'souk_event_delay_seconds',
  'From the moment an event occurred to the end of its handler',
  ['type'],
  [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600],
);

/**
 * Makes the function that processes one job. For each of its events: parse, restore the event's trace, handle, acknowledge. Of several
 * events those that fail are set apart from the others, which are done.
 */
export function createDelivery(options: {
  service: ServiceName;
  handlers: EventHandlers;
  acknowledger: Acknowledger;
  logger: Logger;
  handlerTimeoutMs: number;
  /** Makes an event of a job a job of its own, which is tried after a moment. */
  setApart: (content: Content, job: Job<DeliveryData>) => Promise<void>;
}): (job: Job<DeliveryData>) => Promise<void> {
  const { service, logger } = options;
  const handlers = options.handlers as Readonly<Record<string, ((event: unknown) => Promise<void>) | undefined>>;

  return async (job) => {
    const contents = contentsOf(job);
    await Promise.all(
      contents.map((content) =>
        runInContext(contextOf(content), async () => {
          try {
            await apply(content, job);
          } catch (error) {
            if (contents.length === 1) throw failure(error, content, job);
            const { id, type } = content;
            logger.warn({ err: error, event: id, type }, 'event failed; it is tried again by itself');
            processed.inc({ type, outcome: 'failed' });
            await options.setApart(content, job);
          }
        }),
      ),
    );
  };

  function contextOf({ id, traceparent, correlationId }: Content) {
    return newContext('job', { traceparent, correlationId, causationId: id, actor: `service:${service}` });
  }

  async function apply(content: Content, job: Job<DeliveryData>): Promise<void> {
    const parsed = parseEvent(content.event);
    if (!parsed.ok) throw new UnrecoverableError(`${parsed.fault.code}: ${parsed.fault.detail}`);
    const { event } = parsed;
    const { type } = event;
    const handler = handlers[type];
    if (handler === undefined) throw new UnrecoverableError(`NO_HANDLER: ${service} has no handler for ${type}`);
    const stop = duration.startTimer({ type });
    try {
      await failpoint('outbox.consumer.beforeHandler');
      await within(options.handlerTimeoutMs, `handling ${type}`, handler(event));
      await failpoint('outbox.consumer.afterHandler');
    } finally {
      stop();
    }
    delay.observe({ type }, Math.max(0, Date.now() - Date.parse(event.occurredAt)) / 1_000);
    processed.inc({ type, outcome: 'done' });
    if (SERVICES.includes(job.data.producer)) options.acknowledger.acknowledge(job.data.producer, event.id);
    logger.debug({ event: event.id, type, attempt: job.attemptsMade + 1 }, 'event applied');
  }

  function failure(error: unknown, { id, type }: Content, job: Job<DeliveryData>): Error {
    const isHopeless = error instanceof ParkDelivery || error instanceof UnrecoverableError;
    const last = isHopeless || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
    const fields = { err: error, event: id, type, attempt: job.attemptsMade + 1 };
    processed.inc({ type, outcome: last ? 'parked' : 'failed' });
    if (last) logger.error(fields, 'event parked');
    else logger.warn(fields, 'event failed; it is tried again');
    if (error instanceof UnrecoverableError) return error;
    // what is stored with the job is for staff: a short reason, no stack
    const reason = (error instanceof Error ? `${error.name}: ${error.message}` : 'unknown').slice(0, 300);
    return isHopeless ? new UnrecoverableError(reason) : new Error(reason);
  }
}
