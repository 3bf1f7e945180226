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

/**
 * How long events that nobody waits for (a mail, an invoice, stock that turns from reserved to sold) collect, so that their queues and
 * consumers take several at a time: at 40 purchases a second that is a tenth of all CPU. Far below `HAND_OVER_SECONDS`.
 */
const COMPANY_MS = 100;
/** So many go out without waiting any longer. */
const COMPANY_AT_MOST = 100;

/**
 * Offers a relay's courier to `handOver`. Awaited events go to Redis at the end of this turn of the event loop, with all that
 * wait; without one, what waits goes after `COMPANY_MS`.
 */
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
  let timer: NodeJS.Timeout | undefined;
  let isLeaving = false;
  const sending = new Set<Promise<void>>();

  const send = async (): Promise<void> => {
    const due = waiting;
    waiting = [];
    isLeaving = false;
    try {
      await options.deliver(due);
    } catch (error) {
      logger.warn({ err: error, events: due.length }, 'could not hand committed events to redis; they stay due');
      await releaseClaim(database, due, options.retryAfterMs).catch((failure: unknown) =>
        logger.warn({ err: failure }, 'committed events are sent when their claim ends'),
      );
    }
  };

  const leave = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (isLeaving || waiting.length === 0) return;
    isLeaving = true;
    const work: Promise<void> = new Promise((resolve) => {
      setImmediate(() => {
        void runInContext(newContext('relay', { actor: `service:${options.service}` }), send).then(resolve);
      });
    });
    sending.add(work);
    void work.then(() => sending.delete(work));
  };

  const taker: Taker = {
    ready: options.ready,
    take(events) {
      let isAwaited = false;
      for (const event of events) {
        const definition = eventDefinition(event.type);
        if (definition === undefined || definition.consumers.length === 0) continue;
        waiting.push({ event, pending: definition.consumers, sends: 1 });
        isAwaited ||= definition.isAwaited === true;
      }
      if (isAwaited || waiting.length >= COMPANY_AT_MOST) leave();
      else if (waiting.length > 0 && !isLeaving) timer ??= setTimeout(leave, COMPANY_MS);
    },
  };
  takers.set(database, taker);

  return {
    async close() {
      if (takers.get(database) === taker) takers.delete(database);
      leave();
      await within(5_000, 'handing over committed events', Promise.all(sending)).catch((error: unknown) =>
        logger.warn({ err: error }, 'committed events are sent when their claim ends'),
      );
    },
  };
}
