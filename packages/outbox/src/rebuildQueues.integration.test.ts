import { eventually } from '@souk/testkit';
import { outboxHarness } from '../test/harness.js';
import { appliedIn, outboxIn, publish } from '../test/shop.js';
import { rebuildQueues } from './rebuildQueues.js';

const { at, redis, relay, consume, queue: openQueue } = outboxHarness();
const rebuild = (empty: boolean, patienceMs = 10_000) =>
  rebuildQueues({ outboxes: [at.producer], redisUrl: redis().url, empty, patienceMs, onProgress: () => undefined });

test('what Redis lost is on the queues again at once, and is applied once', async () => {
  await relay();
  const ids = await publish(at.producer, 5);
  await eventually(async () => expect((await outboxIn(at.producer)).map((row) => row.sends)).toEqual([1, 1, 1, 1, 1]));
  await redis().command((client) => client.flushAll());
  await consume();
  expect(await rebuild(false)).toEqual({ found: 5, left: 0 });
  expect(await appliedIn(at.consumer)).toEqual(ids);
});

test('queues that cannot be trusted are deleted and rebuilt; nothing else in Redis is touched', async () => {
  await relay();
  const ids = await publish(at.producer, 3);
  const queue = openQueue();
  await eventually(async () => expect(await queue.getWaitingCount()).toBe(1));
  await queue.add('order.expired', { events: [{ garbage: true }], producer: 'order' }, { jobId: 'not-ours' });
  await redis().command((client) => client.set('souk:cart:kept', 'yes'));
  expect(await rebuild(true, 0)).toEqual({ found: 3, left: 3 });
  await consume();
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(ids));
  expect(await queue.getJob('not-ours')).toBeUndefined();
  expect(await redis().command((client) => client.get('souk:cart:kept'))).toBe('yes');
});

test('what has no consumer is told as left, not waited for without end', async () => {
  await relay();
  await publish(at.producer, 2);
  expect(await rebuild(false, 600)).toEqual({ found: 2, left: 2 });
});
