import { type Database, sql } from '@souk/postgres';
import { countStatement, failpoint, type Logger, newContext, runInContext, type ServiceName } from '@souk/runtime';
import { settledKey } from './names.js';
import { backoffMs, createBell, within } from './pacing.js';
import { keepConnected } from './redisConnection.js';

/** Removes acknowledging consumers; a row that nobody is pending on any more is settled. Idempotent, any order. */
const settle = sql<{ settled: number }>(
  'outbox.settle',
  `WITH ack AS (
     SELECT event_id, array_agg(DISTINCT consumer) AS consumers FROM unnest($1::text[], $2::text[]) AS a(event_id, consumer) GROUP BY event_id),
   changed AS (
     UPDATE outbox_event o
     SET pending = ARRAY(SELECT consumer FROM unnest(o.pending) AS consumer WHERE consumer <> ALL (ack.consumers)),
       settled_at = CASE WHEN o.pending <@ ack.consumers THEN now() END
     FROM ack WHERE o.id = ack.event_id AND o.settled_at IS NULL
     RETURNING o.settled_at)
   SELECT count(*) FILTER (WHERE settled_at IS NOT NULL)::int AS settled FROM changed`,
);

const BLOCK_SECONDS = 5;
const ACKNOWLEDGEMENT = /^(evt_[0-9A-Za-z_-]{1,60}) ([a-z]{1,32})$/;

/**
 * Reads the producer's acknowledgements and settles its rows, one statement per batch. An acknowledgement that is lost on the way
 * (it is popped, not peeked) is made good by a resend. `gatherMs` is how long a batch may collect.
 */
export function startSettling(options: {
  service: ServiceName;
  database: Database;
  redisUrl: string;
  logger: Logger;
  gatherMs: number;
  limit: number;
}): { close(): Promise<void> } {
  const { database, logger } = options;
  const key = settledKey(options.service);
  const bell = createBell();
  let closed = false;
  const connection = keepConnected({
    url: options.redisUrl,
    name: 'settle',
    logger,
    onReady: () => bell.wake(),
  });

  const receive = async (): Promise<string[]> => {
    const client = connection.current();
    if (client === undefined) {
      await bell.sleep(1_000);
      return [];
    }
    const first = await within(
      (BLOCK_SECONDS + 3) * 1_000,
      'waiting for acknowledgements',
      client.blPop(key, BLOCK_SECONDS),
    );
    if (first === null) return [];
    if (!closed) await bell.sleep(options.gatherMs);
    const rest = (await within(3_000, 'reading acknowledgements', client.lPopCount(key, options.limit))) ?? [];
    countStatement('redis');
    countStatement('redis');
    return [first.element, ...rest];
  };

  const apply = async (batch: readonly string[]): Promise<void> => {
    const acks = batch.flatMap((text) => {
      const [, eventId, consumer] = ACKNOWLEDGEMENT.exec(text) ?? [];
      return eventId !== undefined && consumer !== undefined ? [{ eventId, consumer }] : [];
    });
    for (let attempt = 0; acks.length > 0; attempt += 1) {
      try {
        await failpoint('outbox.settle.afterReceive');
        await database.query(settle, [acks.map((ack) => ack.eventId), acks.map((ack) => ack.consumer)]);
        await failpoint('outbox.settle.afterApply');
        return;
      } catch (error) {
        logger.warn({ err: error, acknowledgements: acks.length }, 'could not settle events');
        if (closed || attempt >= 6) return;
        await bell.sleep(backoffMs(attempt, 100, 5_000));
      }
    }
  };

  const running = (async () => {
    while (!closed) {
      try {
        await runInContext(newContext('relay', { actor: `service:${options.service}` }), async () =>
          apply(await receive()),
        );
      } catch (error) {
        if (closed) break;
        logger.debug({ err: error }, 'settling was interrupted');
        connection.renew();
        await bell.sleep(200);
      }
    }
  })();

  return {
    async close() {
      closed = true;
      bell.wake();
      await connection.close();
      await within(3_000, 'stopping to settle', running).catch(() => undefined);
    },
  };
}
