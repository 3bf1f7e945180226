import type { EventEnvelope } from '@souk/events';
import { sql } from '@souk/postgres';
import { eventually } from '@souk/testkit';
import { outboxHarness } from '../test/harness.js';
import { appliedIn, outboxIn, refundRequired } from '../test/shop.js';
import { handOver, OUTBOX_INSERT, outboxRows } from './index.js';

const { at, redis, relay, consume } = outboxHarness();
const write = sql<never>('test.writeHandedOver', OUTBOX_INSERT('$1'));

/** What a store does: writes a change's events, and gives them to its relay once they are committed. */
async function commit(count: number, o: { andHandOver: boolean } = { andHandOver: true }): Promise<EventEnvelope[]> {
  const made = Array.from({ length: count }, refundRequired);
  await at.producer.query(write, [outboxRows(made, at.producer)]);
  if (o.andHandOver) handOver(at.producer, made);
  return made;
}
const idsOf = (events: readonly EventEnvelope[]) => events.map((event) => event.id).sort();
const settledRows = async () =>
  (await outboxIn(at.producer)).map((row) => [row.id, row.sends, row.settled] as const).sort();

/** A relay that is connected, so that writers count on it. */
async function connectedRelay(tuning = {}) {
  const running = await relay(tuning);
  await eventually(() => running.check());
  return running;
}

test('events that their writer hands over are applied once, without a claim', async () => {
  await connectedRelay({ pollMs: 60_000 });
  await consume();
  const events = await commit(20);
  expect((await outboxIn(at.producer)).map((row) => row.sends)).toEqual(events.map(() => 1));
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(idsOf(events)));
  await eventually(async () => expect(await settledRows()).toEqual(idsOf(events).map((id) => [id, 1, true])));
});

test('events that are handed over, or none, wake no relay; others do', async () => {
  let heard = 0;
  const listening = await at.producer.listen('souk_outbox', () => {
    heard += 1;
  });
  await connectedRelay();
  await consume();
  const before = heard;
  const handedOver = await commit(2);
  await commit(0);
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(idsOf(handedOver)));
  expect(heard).toBe(before);
  const [event] = [refundRequired()];
  await at.producer.query(write, [outboxRows([event as EventEnvelope])]);
  await eventually(() => expect(heard).toBe(before + 1));
  await eventually(async () =>
    expect(await appliedIn(at.consumer)).toEqual(idsOf([...handedOver, event as EventEnvelope])),
  );
  await listening.close();
});

test('a writer that dies between its commit and Redis delays its events by a few seconds and loses none', async () => {
  await connectedRelay();
  await consume();
  const events = await commit(3, { andHandOver: false });
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(idsOf(events)), { timeoutMs: 10_000 });
  await eventually(async () => expect(await settledRows()).toEqual(idsOf(events).map((id) => [id, 2, true])));
});

test('without a relay in the process, or without Redis, events are due at once for whoever relays next', async () => {
  const alone = await commit(2);
  expect((await outboxIn(at.producer)).map((row) => row.sends)).toEqual([0, 0]);
  const running = await connectedRelay();
  await consume();
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(idsOf(alone)));
  await redis().kill();
  await eventually(() => expect(running.check()).rejects.toThrow('redis'));
  const during = await commit(2);
  expect((await outboxIn(at.producer)).filter((row) => !row.settled && row.sends === 0)).toHaveLength(2);
  await redis().start();
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(idsOf([...alone, ...during])), {
    timeoutMs: 10_000,
  });
});

test('events that Redis refuses when they are handed over are due again at once', async () => {
  const running = await connectedRelay();
  await consume();
  const made = [refundRequired(), refundRequired()];
  await at.producer.query(write, [outboxRows(made, at.producer)]);
  await redis().kill();
  handOver(at.producer, made);
  await eventually(() => expect(running.check()).rejects.toThrow('redis'));
  await redis().start();
  await eventually(async () => expect(await appliedIn(at.consumer)).toEqual(idsOf(made)), { timeoutMs: 10_000 });
});
