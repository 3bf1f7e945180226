import { setImmediate as nextTurn } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { type EventEnvelope, events, newEvent } from '@souk/events';
import type { Database } from '@souk/postgres';
import { logger, refundRequired } from '../test/shop.js';
import { handOver, takeHandedOver } from './handOver.js';

/** An event that nobody waits for. */
const delivered = (): EventEnvelope =>
  newEvent(events.fulfillmentDelivered, {
    aggregateId: 'ord_1',
    sequence: 3,
    data: { orderId: 'ord_1', number: 'S-1001', fulfillmentId: 'ful_1', customerId: null },
  });

/** A relay's side of it, whose courier notes what leaves together. */
function taking() {
  const database = {} as Database;
  const left: string[][] = [];
  const { close } = takeHandedOver({
    service: 'order',
    database,
    logger,
    ready: () => true,
    retryAfterMs: 500,
    deliver: async (due) => void left.push(due.map(({ event }) => event.type)),
  });
  return { left, close, give: (...made: EventEnvelope[]) => handOver(database, made) };
}

beforeEach(() => void jest.useFakeTimers({ doNotFake: ['setImmediate'] }));
afterEach(() => void jest.useRealTimers());

/** So much time, and the turn of the event loop in which what is due then leaves. */
async function passes(ms: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
  await nextTurn();
}

test('events that nobody waits for leave together', async () => {
  const { left, close, give } = taking();
  give(delivered());
  await passes(30);
  give(delivered(), delivered());
  await passes(69);
  expect(left).toEqual([]);
  await passes(1);
  expect(left).toEqual([['fulfillment.delivered', 'fulfillment.delivered', 'fulfillment.delivered']]);
  await close();
});

test('an awaited event leaves at once and takes along what waits; what comes after it waits again', async () => {
  const { left, close, give } = taking();
  give(delivered());
  give(refundRequired());
  await passes(0);
  expect(left).toEqual([['fulfillment.delivered', 'order.refund_required']]);
  give(delivered());
  await passes(99);
  expect(left).toHaveLength(1);
  await passes(1);
  expect(left[1]).toEqual(['fulfillment.delivered']);
  await close();
});

test('many do not wait for more, and closing waits for nobody', async () => {
  const { left, close, give } = taking();
  give(...Array.from({ length: 100 }, delivered));
  await passes(0);
  expect(left.map((batch) => batch.length)).toEqual([100]);
  give(delivered());
  await close();
  expect(left.map((batch) => batch.length)).toEqual([100, 1]);
});
