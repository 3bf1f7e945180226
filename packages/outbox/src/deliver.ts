import { type EventOf, type EventOfType, type EventType, parseEvent } from '@souk/events';
import { failpoint, type Logger, metrics, newContext, runInContext, SERVICES, type ServiceName } from '@souk/runtime';
import { type Job, UnrecoverableError } from 'bullmq';
import type { Acknowledger } from './acknowledge.js';
import type { DeliveryData } from './names.js';
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

/** Makes the function that processes one job: parse, restore the event's trace, handle, acknowledge. */
export function createDelivery(options: {
  service: ServiceName;
  handlers: EventHandlers;
  acknowledger: Acknowledger;
  logger: Logger;
  handlerTimeoutMs: number;
}): (job: Job<DeliveryData>) => Promise<void> {
  const { service, logger } = options;
  const handlers = options.handlers as Readonly<Record<string, ((event: unknown) => Promise<void>) | undefined>>;

  return async (job) => {
    const parsed = parseEvent(job.data.event);
    if (!parsed.ok) {
      processed.inc({ type: 'unreadable', outcome: 'parked' });
      logger.error({ job: job.id, type: job.name, fault: parsed.fault }, 'event parked: this build cannot read it');
      throw new UnrecoverableError(`${parsed.fault.code}: ${parsed.fault.detail}`);
    }
    const { event } = parsed;
    const context = newContext('job', {
      traceparent: event.traceparent,
      correlationId: event.correlationId,
      causationId: event.id,
      actor: `service:${service}`,
    });
    await runInContext(context, async () => {
      const { type } = event;
      const handler = handlers[type];
      if (handler === undefined) {
        processed.inc({ type, outcome: 'parked' });
        logger.error({ event: event.id, type }, 'event parked: nothing handles it here');
        throw new UnrecoverableError(`NO_HANDLER: ${service} has no handler for ${type}`);
      }
      const stop = duration.startTimer({ type });
      try {
        await failpoint('outbox.consumer.beforeHandler');
        await within(options.handlerTimeoutMs, `handling ${type}`, handler(event));
        await failpoint('outbox.consumer.afterHandler');
      } catch (error) {
        throw failure(error, job, event.id);
      } finally {
        stop();
      }
      delay.observe({ type }, Math.max(0, Date.now() - Date.parse(event.occurredAt)) / 1_000);
      processed.inc({ type, outcome: 'done' });
      if (SERVICES.includes(job.data.producer)) options.acknowledger.acknowledge(job.data.producer, event.id);
      logger.debug({ event: event.id, type, attempt: job.attemptsMade + 1 }, 'event applied');
    });
  };

  function failure(error: unknown, job: Job<DeliveryData>, eventId: string): Error {
    const last = error instanceof ParkDelivery || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
    const fields = { err: error, event: eventId, type: job.name, attempt: job.attemptsMade + 1 };
    processed.inc({ type: job.name, outcome: last ? 'parked' : 'failed' });
    if (last) logger.error(fields, 'event parked');
    else logger.warn(fields, 'event failed; it is tried again');
    // what is stored with the job is for staff: a short reason, no stack
    const reason = (error instanceof Error ? `${error.name}: ${error.message}` : 'unknown').slice(0, 300);
    return error instanceof ParkDelivery ? new UnrecoverableError(reason) : new Error(reason);
  }
}
