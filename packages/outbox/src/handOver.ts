import { type EventEnvelope, eventDefinition } from '@souk/events';
import type { Database } from '@souk/postgres';
import { type Logger, newContext, runInContext, type ServiceName } from '@souk/runtime';
import { type DueEvent, releaseClaim } from './claim.js';
import { within } from './pacing.js';

/** What a relay offers to the stores of its process: to take events at once that they have just committed. */
interface Taker {
  ready(): boolean;
  take(events: readonly EventEnvelope[]): void;
}

const takers = new WeakMap<Database, Taker>();

/** Whether events that are about to be written are written as claimed, because this process can hand them over itself. */
export const willHandOver = (database: Database | undefined): boolean =>
  database !== undefined && takers.get(database)?.ready() === true;

/**
 * Gives events to this process's relay right after their commit. To be called with events that were written with
 * `outboxRows(events, database)` and are known to be committed, and never before the commit. Nothing depends on it: the rows are
 * claimed for `HAND_OVER_SECONDS`, and when this process dies, or Redis fails, any relay sends them after that. Without it each event
 * costs a notification, which serializes commits, and a claim: one statement and one flush more.
 */
export function handOver(database: Database, events: readonly EventEnvelope[]): void {
  if (events.length > 0) takers.get(database)?.take(events);
}

/** Offers a relay's courier to `handOver`. Events of one turn of the event loop go to Redis together. */
export function takeHandedOver(options: {
  service: ServiceName;
  database: Database;
  logger: Logger;
  ready: () => boolean;
  deliver: (due: readonly DueEvent[]) => Promise<void>;
  retryAfterMs: number;
}): { close(): Promise<void> } {
  const { database, logger } = options;
  let waiting: DueEvent[] = [];
  const sending = new Set<Promise<void>>();

  const send = async (): Promise<void> => {
    const due = waiting;
    waiting = [];
    try {
      await options.deliver(due);
    } catch (error) {
      logger.warn({ err: error, events: due.length }, 'could not hand committed events to redis; they stay due');
      await releaseClaim(database, due, options.retryAfterMs).catch((failure: unknown) =>
        logger.warn({ err: failure }, 'committed events are sent when their claim ends'),
      );
    }
  };

  const taker: Taker = {
    ready: options.ready,
    take(events) {
      const first = waiting.length === 0;
      for (const event of events) {
        const pending = eventDefinition(event.type)?.consumers ?? [];
        if (pending.length > 0) waiting.push({ event, pending, sends: 1 });
      }
      if (!first || waiting.length === 0) return;
      const work: Promise<void> = new Promise((resolve) => {
        setImmediate(() => {
          void runInContext(newContext('relay', { actor: `service:${options.service}` }), send).then(resolve);
        });
      });
      sending.add(work);
      void work.then(() => sending.delete(work));
    },
  };
  takers.set(database, taker);

  return {
    async close() {
      if (takers.get(database) === taker) takers.delete(database);
      await within(5_000, 'handing over committed events', Promise.all(sending)).catch((error: unknown) =>
        logger.warn({ err: error }, 'committed events are sent when their claim ends'),
      );
    },
  };
}
