import type { EventEnvelope } from '@souk/events';
import { sql } from '@souk/postgres';
import { eventually } from '@souk/testkit';
import { outboxHarness } from '../test/harness.js';
import { appliedIn, outboxIn, publish, refundRequired } from '../test/shop.js';
import { handOver, OUTBOX_INSERT, outboxRows } from './index.js';

const { at, relay, consume, applyOnce } = outboxHarness();
const write = sql<never>('test.writeOfReplica', OUTBOX_INSERT('$1'));
const EVENTS = 600;

/** Handler calls by event, over all consumers that a test has started. */
const calls = new Map<string, number>();
beforeEach(() => calls.clear());

async function replicas(count: number): Promise<void> {
  for (let started = 0; started < count; started += 1) {
    const running = await relay();
    await eventually(() => running.check());
    await consume(async (event) => {
      calls.set(event.id, (calls.get(event.id) ?? 0) + 1);
      await applyOnce(event);
    });
  }
}

/** From the first commit until everything is applied, in milliseconds. */
async function timeToApply(commit: () => Promise<readonly string[]>): Promise<number> {
  const from = performance.now();
  const ids = [...(await commit())].sort();
  await eventually(async () => expect((await appliedIn(at.consumer)).length).toBe(ids.length), { timeoutMs: 30_000 });
  const took = performance.now() - from;
  expect(await appliedIn(at.consumer)).toEqual(ids);
  expect([...calls.values()].filter((times) => times > 1)).toEqual([]);
  await eventually(async () =>
    expect((await outboxIn(at.producer)).map((row) => [row.sends, row.settled])).toEqual(ids.map(() => [1, true])),
  );
  return took;
}

const claimed = () => publish(at.producer, EVENTS);
const handedOver = async () => {
  const made: EventEnvelope[] = Array.from({ length: EVENTS }, refundRequired);
  for (let from = 0; from < EVENTS; from += 3) {
    const events = made.slice(from, from + 3);
    await at.producer.query(write, [outboxRows(events, at.producer)]);
    handOver(at.producer, events);
  }
  return made.map((event) => event.id);
};

const took: Record<string, number> = {};
test.each([
  ['claimed', 1, claimed],
  ['claimed', 3, claimed],
  ['handed over', 1, handedOver],
  ['handed over', 3, handedOver],
])('%s events reach their consumer once; replicas of both services: %d', async (how, count, commit) => {
  await replicas(count);
  took[`${how} ${count}`] = await timeToApply(commit);
});

test('three replicas are not slower than one, allowing for what a shared machine does to times', () => {
  for (const how of ['claimed', 'handed over']) {
    expect((took[`${how} 3`] as number) / (took[`${how} 1`] as number)).toBeLessThan(2.5);
  }
});
