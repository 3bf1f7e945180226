import { events, newEvent } from '@souk/events';
import { sql } from '@souk/postgres';
import { eventually } from '@souk/testkit';
import { handlersOf, outboxHarness } from '../test/harness.js';
import { appliedIn, insertApplied, logger, outboxIn, publish, refundRequired } from '../test/shop.js';
import { claimDue } from './claim.js';
import { purgeSettled } from './housekeeping.js';
import { purgeInbox } from './inbox.js';
import { appendEvents, type EventHandlers, once, startConsumers, startRelay } from './index.js';

const { at, redis, relay, consume, applyOnce, queue: openQueue } = outboxHarness();
const settled = async () =>
  expect((await outboxIn(at.producer)).map((row) => [row.settled, row.pending])).toEqual(
    (await outboxIn(at.producer)).map(() => [true, []]),
  );

test('an event is applied once, settled after it was applied, and its row names nobody any more', async () => {
  await relay();
  await consume();
  const ids = await publish(at.producer, 20);
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(ids));
  await eventually(settled);
  expect((await outboxIn(at.producer)).map((row) => row.sends)).toEqual(ids.map(() => 1));
});

test('an event whose transaction rolled back is never sent', async () => {
  await relay();
  await consume();
  await expect(
    at.producer.transaction(async (tx) => {
      await appendEvents(tx, [refundRequired()]);
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  const ids = await publish(at.producer, 1);
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(ids));
  expect((await outboxIn(at.producer)).map((row) => row.id)).toEqual(ids);
});

test('a process that dies between commit and publish costs nothing: the next relay sends what it left', async () => {
  const ids = await publish(at.producer, 3); // committed, and no relay was alive
  await at.producer.query(
    sql<never>(
      'test.claimed',
      `UPDATE outbox_event SET sends = 1, next_send_at = now() + interval '300 milliseconds' WHERE id = $1`,
    ),
    [ids[0]],
  ); // claimed by a relay that died before it reached Redis
  await relay();
  await consume();
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(ids));
  await eventually(settled);
});

test('losing all of Redis in the middle of a sale delays events and loses none', async () => {
  let block = true;
  await relay({ resendAfterMs: 500 });
  await consume(async (event) => {
    if (block) await new Promise((resolve) => setTimeout(resolve, 50));
    await applyOnce(event);
  });
  const ids = await publish(at.producer, 60);
  await eventually(async () => expect((await appliedIn(at.consumer)).length).toBeGreaterThan(5));
  await redis().command((client) => client.flushAll());
  block = false;
  const more = await publish(at.producer, 20);
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual([...ids, ...more].sort()), {
    timeoutMs: 10_000,
  });
  await eventually(settled, { timeoutMs: 10_000 });
});

test('Redis killed and started again empty: events committed meanwhile arrive, nothing crashes, nothing is applied twice', async () => {
  const running = await relay({ resendAfterMs: 500 });
  await consume();
  const before = await publish(at.producer, 5);
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(before));
  await redis().kill();
  const during = await publish(at.producer, 5);
  await eventually(async () =>
    expect(await running.check().catch((error: Error) => error.message)).toMatch('events wait in the outbox'),
  );
  await redis().start();
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual([...before, ...during].sort()), {
    timeoutMs: 10_000,
  });
  await running.check();
  await eventually(settled, { timeoutMs: 10_000 });
});

test('a relay that starts sends at once what one that died had claimed, without waiting for the claim to end', async () => {
  await consume();
  const ids = await publish(at.producer, 5);
  const claimed = await claimDue(at.producer, { limit: 100, resendAfterMs: 10_000, resendMaxMs: 60_000 });
  expect(claimed.map(({ event }) => event.id)).toEqual(ids);
  await relay({ resendAfterMs: 10_000 });
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(ids), { timeoutMs: 4_000 });
  expect((await outboxIn(at.producer)).map(({ sends }) => sends)).toEqual([2, 2, 2, 2, 2]);
});

test('the same event delivered three times in parallel is applied once', async () => {
  const event = refundRequired();
  await appendEvents(at.producer, [event]);
  await Promise.all([applyOnce(event), applyOnce(event), applyOnce(event)]);
  expect(await appliedIn(at.consumer)).toEqual([event.id]);
});

test('two relays share the outbox without sending anything twice', async () => {
  await relay({ batchSize: 7, resendAfterMs: 60_000 });
  await relay({ batchSize: 7, resendAfterMs: 60_000 });
  const delivered: string[] = [];
  await consume(async (event) => {
    delivered.push(event.id);
    await applyOnce(event);
  });
  const ids: string[] = [];
  for (let burst = 0; burst < 10; burst += 1) ids.push(...(await publish(at.producer, 10)));
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(ids.sort()));
  await eventually(settled);
  expect(delivered.sort()).toEqual(ids);
  expect((await outboxIn(at.producer)).every((row) => row.sends === 1)).toBe(true);
});

test('a poison event is parked after its attempts, stays visible, is not multiplied by resends, and blocks no other', async () => {
  await relay({ resendAfterMs: 300 });
  const poison = refundRequired();
  let cured = false;
  await consume(async (event) => {
    if (event.id === poison.id && !cured) throw new Error('poison');
    await applyOnce(event);
  });
  await appendEvents(at.producer, [poison]);
  const ids = await publish(at.producer, 10);
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(ids));
  const queue = openQueue();
  await eventually(async () => expect(await queue.getFailedCount()).toBe(1));
  await eventually(
    async () => expect((await outboxIn(at.producer)).find((row) => row.id === poison.id)?.sends).toBeGreaterThan(2),
    { timeoutMs: 8_000 },
  );
  // It may move from list to list while they are read.
  const failed = await eventually(async () => {
    const lists = [queue.getFailed(), queue.getWaiting(), queue.getDelayed(), queue.getActive()];
    const jobs = (await Promise.all(lists)).flat();
    return jobs.length > 0 && jobs;
  });
  expect(new Set(failed.map((job) => job.id))).toEqual(new Set([poison.id]));
  expect((await eventually(async () => (await queue.getFailed())[0] ?? false)).failedReason).toBe('Error: poison');
  expect(JSON.stringify(failed[0]?.data)).not.toContain('@');
  cured = true;
  await (await queue.getJob(poison.id))?.retry('failed').catch(() => undefined); // a resend may just have done it
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual([...ids, poison.id].sort()), {
    timeoutMs: 8_000,
  });
  await eventually(settled);
});

test('an event of a version that this build does not know is parked with a clear reason, and handled by a build that does', async () => {
  await relay();
  const future = { ...refundRequired(), version: 2 };
  let called = 0;
  await consume(async (event) => {
    called += 1;
    await applyOnce(event);
  });
  await appendEvents(at.producer, [future]);
  const queue = openQueue();
  const job = await eventually(async () => (await queue.getFailed())[0] ?? false);
  expect(job.failedReason).toBe(
    'UNKNOWN_EVENT_VERSION: order.refund_required has version 2, this build handles version 1',
  );
  expect(job.attemptsMade).toBe(1);
  expect(called).toBe(0);
});

test('an acknowledgement that is lost makes the event be sent again, not applied again, and settled', async () => {
  await consume();
  const ids = await publish(at.producer, 4);
  const first = await startRelay({
    service: 'order',
    database: at.producer,
    redisUrl: redis().url,
    logger,
    tuning: { gatherMs: 60_000, resendAfterMs: 300, pollMs: 100 },
  });
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(ids));
  await first.close();
  await redis().command((client) => client.del('souk:settled:order'));
  expect((await outboxIn(at.producer)).some((row) => row.settled)).toBe(false);
  await relay({ resendAfterMs: 300 });
  await eventually(settled, { timeoutMs: 8_000 });
  expect(await appliedIn(at.consumer)).toEqual(ids);
});

test('events of one aggregate may arrive in any order: a late one that failed before is applied after its successor', async () => {
  await relay();
  const order: number[] = [];
  let failures = 1;
  await consume(async (event) => {
    const { sequence } = event as unknown as { sequence: number };
    if (sequence === 1 && failures-- > 0) throw new Error('not now');
    await applyOnce(event);
    order.push(sequence);
  });
  await appendEvents(at.producer, [
    { ...refundRequired(), sequence: 1 },
    { ...refundRequired(), sequence: 2 },
  ]);
  await eventually(() => expect(order).toEqual([2, 1]));
});

test('a database that fails a handler leaves no inbox row behind, so the event is tried again', async () => {
  await relay();
  let failures = 2;
  await consume((event) =>
    once(at.consumer, event, 'payment', async (tx) => {
      await tx.query(insertApplied, [event.id]);
      if (failures-- > 0) throw new Error('after the effect');
    }).then(() => undefined),
  );
  const ids = await publish(at.producer, 1);
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(ids));
  await eventually(settled);
});

test('a service refuses to start without a handler for an event addressed to it, and with one for an event that is not', async () => {
  const start = (handlers: EventHandlers) =>
    startConsumers({ service: 'order', database: at.consumer, redisUrl: redis().url, logger, handlers });
  const { 'payment.refunded': _, ...incomplete } = handlersOf('order', async () => undefined);
  await expect(start(incomplete)).rejects.toThrow('order: no handler for payment.refunded');
  await expect(
    start({ ...handlersOf('order', async () => undefined), 'order.placed': async () => undefined }),
  ).rejects.toThrow('order: not addressed to it: order.placed');
});

test('an event that nobody consumes is settled as it is written', async () => {
  const event = newEvent(events.productChanged, { aggregateId: 'prd_1', sequence: 1, data: { productId: 'prd_1' } });
  await appendEvents(at.producer, [event]);
  expect(await outboxIn(at.producer)).toMatchObject([{ id: event.id, settled: true, pending: [], sends: 0 }]);
});

test('old settled events and old inbox rows are deleted, unsettled and younger ones are kept', async () => {
  const [old, young, unsettled] = [refundRequired(), refundRequired(), refundRequired()];
  await appendEvents(at.producer, [old, young, unsettled]);
  await at.producer.query(
    sql<never>(
      'test.age',
      `UPDATE outbox_event SET pending = '{}', settled_at = CASE id WHEN $1 THEN now() - interval '8 days' ELSE now() END WHERE id <> $2`,
    ),
    [old.id, unsettled.id],
  );
  expect(await purgeSettled(at.producer, 7, 100)).toBe(1);
  expect((await outboxIn(at.producer)).map((row) => row.id)).toEqual([young.id, unsettled.id].sort());
  await Promise.all([applyOnce(old), applyOnce(young)]);
  await at.consumer.query(
    sql<never>(
      'test.ageInbox',
      `UPDATE processed_event SET processed_at = now() - interval '31 days' WHERE event_id = $1`,
    ),
    [old.id],
  );
  expect(await purgeInbox(at.consumer, 100)).toBe(1);
  await applyOnce(young);
  expect(await appliedIn(at.consumer)).toEqual([old.id, young.id].sort());
});
