import type { Database } from '@souk/postgres';
import { failpoint, type Logger, metrics, newContext, runInContext, type ServiceName } from '@souk/runtime';
import { claimDue, type DueEvent, reclaim, releaseClaim } from './claim.js';
import { createCourier, type DeliveryPolicy } from './courier.js';
import { takeHandedOver } from './handOver.js';
import { every, purgeInBatches, purgeSettled, reportLag } from './housekeeping.js';
import { keepListening } from './keepListening.js';
import { NOTIFY_CHANNEL } from './names.js';
import { backoffMs, createBell, within } from './pacing.js';
import { startSettling } from './settle.js';

/** What may be tuned; the defaults are for production. */
export interface RelayTuning {
  /** Rows per claim. */
  readonly batchSize: number;
  /** The floor under LISTEN/NOTIFY: how often to look without having been told. */
  readonly pollMs: number;
  /** An event that is not settled after this time is looked at again; doubles per sending up to `resendMaxMs`. */
  readonly resendAfterMs: number;
  readonly resendMaxMs: number;
  /** How long acknowledgements are collected into one statement. */
  readonly gatherMs: number;
  /** Settled events are kept for so long. */
  readonly retentionDays: number;
  readonly reportEveryMs: number;
  readonly delivery: Partial<DeliveryPolicy>;
}

export const relayTuning: RelayTuning = {
  batchSize: 100,
  pollMs: 1_500,
  resendAfterMs: 10_000,
  resendMaxMs: 3_600_000,
  gatherMs: 250,
  retentionDays: 7,
  reportEveryMs: 15_000,
  delivery: {},
};

export interface Relay {
  /** Rejects while Redis cannot be reached. Events wait in the outbox meanwhile, so this is for display, not for refusing traffic. */
  check(): Promise<void>;
  /** Stops within a few seconds; what was claimed and not handed over is sent again later. */
  close(): Promise<void>;
}

/** The first resend comes after `resendAfterMs` and up to so much of it, for its jitter. */
const LONGEST_FIRST_WAIT = 1.2;

const sent = metrics.counter('souk_outbox_sent_total', 'Events handed to their consumers’ queues', [
  'producer',
  'again',
]);
const failed = metrics.counter('souk_outbox_send_failures_total', 'Batches that could not be handed to Redis', [
  'producer',
]);
const reachable = metrics.gauge('souk_outbox_redis_up', '1 while the relay reaches Redis', ['producer']);
const noEviction = metrics.gauge('souk_redis_noeviction', '0 when Redis may drop queues under memory pressure');

/**
 * Relays a service's outbox to the queues of its consumers and settles what they acknowledge. Any number of replicas may run: each
 * event is claimed by one of them at a time. Redis being away delays events and fails nothing; losing all of its data too.
 */
export async function startRelay(options: {
  service: ServiceName;
  database: Database;
  redisUrl: string;
  logger: Logger;
  tuning?: Partial<RelayTuning>;
}): Promise<Relay> {
  const { service, database, logger } = options;
  const tuning = { ...relayTuning, ...options.tuning };
  const bell = createBell();
  const startedAt = new Date();
  let closed = false;
  let told = true;
  const wake = (): void => {
    told = true;
    bell.wake();
  };

  const courier = createCourier({
    service,
    redisUrl: options.redisUrl,
    logger,
    policy: tuning.delivery,
    onReady(client) {
      reachable.set({ producer: service }, 1);
      void warnOfEviction(() => client.info('memory'), logger);
      wake();
    },
    onLost: () => reachable.set({ producer: service }, 0),
  });
  reachable.set({ producer: service }, 0);

  const send = async (due: readonly DueEvent[]): Promise<void> => {
    try {
      await failpoint('outbox.relay.afterClaim');
      await courier.deliver(due);
      await failpoint('outbox.relay.afterSend');
    } catch (error) {
      failed.inc({ producer: service });
      throw error;
    }
    const again = due.filter((one) => one.sends > 1).length;
    if (again < due.length) sent.inc({ producer: service, again: 'no' }, due.length - again);
    if (again > 0) sent.inc({ producer: service, again: 'yes' }, again);
  };

  const round = async (): Promise<void> => {
    let due: DueEvent[] = [];
    do {
      told = false;
      due = await claimDue(database, { ...tuning, limit: tuning.batchSize });
      if (due.length === 0) return;
      try {
        await send(due);
      } catch (error) {
        logger.warn({ err: error, events: due.length }, 'could not hand events to redis; they stay due');
        await releaseClaim(database, due, backoffMs(0, 500, 500));
        return;
      }
    } while (!closed && due.length === tuning.batchSize);
  };

  const running = (async () => {
    let isFirst = true;
    for (let failures = 0; !closed; ) {
      try {
        if (courier.ready()) {
          // a process that starts takes the place of one that ended, often in the middle of something
          if (isFirst) await reclaim(database, tuning.resendAfterMs * LONGEST_FIRST_WAIT, startedAt);
          isFirst = false;
          const kind = told ? 'relay' : 'background';
          await runInContext(newContext(kind, { actor: `service:${service}` }), round);
        }
        failures = 0;
      } catch (error) {
        if (closed) break;
        failures += 1;
        logger.warn({ err: error }, 'the relay could not read its outbox; trying again');
      }
      if (!closed)
        await bell.sleep(
          failures === 0 ? backoffMs(0, tuning.pollMs, tuning.pollMs) : backoffMs(failures, 100, 10_000),
        );
    }
  })();

  const handing = takeHandedOver({
    service,
    database,
    logger,
    ready: () => !closed && courier.ready(),
    deliver: send,
    retryAfterMs: 500,
  });
  const listening = keepListening(database, NOTIFY_CHANNEL, wake, logger);
  const settling = startSettling({ ...options, gatherMs: tuning.gatherMs, limit: 1_000 });
  const reporting = every(tuning.reportEveryMs, 500, 'outbox lag', logger, () =>
    reportLag(database, service, courier.client()),
  );
  const purging = every(600_000, 60_000 * (1 + Math.random()), 'outbox purge', logger, () =>
    purgeInBatches((size) => purgeSettled(database, tuning.retentionDays, size)),
  );

  return {
    async check() {
      if (!courier.ready()) throw new Error('redis is not reachable; events wait in the outbox');
    },
    async close() {
      closed = true;
      bell.wake();
      await handing.close();
      await within(5_000, 'stopping the relay', running).catch((error: unknown) =>
        logger.warn({ err: error }, 'relay'),
      );
      await Promise.all([listening.close(), settling.close(), reporting.close(), purging.close(), courier.close()]);
    },
  };
}

/** BullMQ keeps its queues right only when Redis refuses writes instead of evicting keys. */
async function warnOfEviction(info: () => Promise<unknown>, logger: Logger): Promise<void> {
  const text = String(await info().catch(() => ''));
  const policy = /maxmemory_policy:(\S+)/.exec(text)?.[1];
  const limited = !/maxmemory:0\b/.test(text);
  if (policy === undefined) return;
  const safe = policy === 'noeviction' || !limited;
  noEviction.set(safe ? 1 : 0);
  if (!safe) logger.error({ policy }, 'redis may evict queues: set maxmemory-policy to noeviction');
}
