import { eventually } from '@souk/testkit';
import { createNodeRedisClient, Worker } from 'bullmq';
import { createClient } from 'redis';
import { outboxHarness } from '../test/harness.js';
import { appliedIn, logger, outboxIn, publish, refundRequired } from '../test/shop.js';
import { appendEvents, openDeliveries, ParkDelivery } from './index.js';

/** Events that leave together are one job, and each of them fares as if it were alone. */
const { at, redis, relay, consume, later, applyOnce, queue: openQueue } = outboxHarness();
const settledIds = async () => (await outboxIn(at.producer)).filter((row) => row.settled).map((row) => row.id);
const openView = () => later(openDeliveries({ redisUrl: redis().url, logger }));
const settle = (ids: readonly string[]) => eventually(async () => expect(await settledIds()).toEqual(ids));

test('events that leave together share a job, up to ten; staff see each of them', async () => {
  await relay();
  const ids = await publish(at.producer, 12);
  const queue = openQueue();
  await eventually(async () => {
    const sizes = (await queue.getWaiting()).map((job) => job.data.events.length);
    expect(sizes.sort()).toEqual([10, 2]);
  });
  const seen = await openView().list({ queue: 'souk-payment', state: 'WAITING', first: 50 });
  expect(seen.map(({ eventId }) => eventId).sort()).toEqual(ids);
  expect(new Set(seen.map(({ id, type, traceId }) => [id.split('/')[0], type, traceId?.length].join()))).toEqual(
    new Set(['souk-payment,order.refund_required,32']),
  );
  await consume();
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(ids));
  await settle(ids);
});

test('of events that share a job the one that fails is tried again by itself, the others are done at once', async () => {
  await relay();
  const [poison, ...others] = [refundRequired(), refundRequired(), refundRequired()];
  const calls: string[] = [];
  let cured = false;
  await consume(async (event) => {
    calls.push(event.id);
    if (event.id === poison?.id && !cured) throw new Error('poison');
    await applyOnce(event);
  });
  await appendEvents(at.producer, [poison as NonNullable<typeof poison>, ...others]);
  const view = openView();
  const parked = await eventually(async () => {
    const found = await view.list({ state: 'FAILED', first: 10 });
    expect(found).toHaveLength(1);
    return found[0];
  });
  expect(parked).toMatchObject({ eventId: poison?.id, failedReason: 'Error: poison', failedAttempts: 3 });
  const ids = others.map(({ id }) => id).sort();
  await settle(ids);
  expect(await appliedIn(at.consumer)).toEqual(ids);
  // once with the others, then as often as the policy says
  expect(calls.filter((id) => id === poison?.id)).toHaveLength(4);
  expect(calls.filter((id) => id !== poison?.id).sort()).toEqual(ids);
  cured = true;
  expect(await view.retry(parked?.id ?? '')).toBe('retried');
  await eventually(async () => expect(await settledIds()).toHaveLength(3));
});

test('a job of several events that was parked as a whole is shown with each of them, and any of them retries it', async () => {
  await relay();
  const client = createClient({ url: redis().url });
  const worker = new Worker('souk-payment', () => Promise.reject(new Error('no room')), {
    connection: createNodeRedisClient(client),
  });
  const ids = await publish(at.producer, 3);
  const view = openView();
  const parked = await eventually(async () => {
    const found = await view.list({ state: 'FAILED', first: 10 });
    expect(found.map(({ eventId }) => eventId).sort()).toEqual(ids);
    return found;
  });
  await worker.close();
  client.destroy();
  await consume();
  expect(new Set(parked.map(({ id }) => id)).size).toBe(3);
  expect(await view.retry(`souk-payment/${ids[2]}`)).toBe('not-found');
  expect(await view.retry(parked[1]?.id ?? '')).toBe('retried');
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(ids));
  await settle(ids);
  expect(await view.retry(parked[2]?.id ?? '')).toBe('not-parked');
});

test('of events that share a job the one that cannot be applied, or not be read, is parked by itself', async () => {
  await relay();
  const [hopeless, good] = [refundRequired(), refundRequired()];
  const future = { ...refundRequired(), version: 2 };
  await consume(async (event) => {
    if (event.id === hopeless.id) throw new ParkDelivery('never');
    await applyOnce(event);
  });
  await appendEvents(at.producer, [hopeless, good, future]);
  const view = openView();
  await eventually(async () => {
    const found = await view.list({ state: 'FAILED', first: 10 });
    expect(found.map(({ eventId, failedReason, failedAttempts }) => [eventId, failedReason, failedAttempts])).toEqual(
      expect.arrayContaining([
        [hopeless.id, 'ParkDelivery: never', 1],
        [future.id, expect.stringMatching(/^UNKNOWN_EVENT_VERSION: /), 1],
      ]),
    );
  });
  await settle([good.id]);
});

test('a job that is not one of ours is parked and harms nobody', async () => {
  await relay();
  await consume();
  await openQueue().add('order.expired', { garbage: true }, { jobId: 'garbage' });
  const view = openView();
  const [parked] = await eventually(async () => {
    const found = await view.list({ state: 'FAILED', first: 10 });
    expect(found).toHaveLength(1);
    return found;
  });
  expect(parked).toMatchObject({ id: 'souk-payment/garbage', type: 'order.expired', failedReason: expect.any(String) });
  const ids = await publish(at.producer, 2);
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(ids));
});
