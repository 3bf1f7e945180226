import { EventEmitter } from 'node:events';
import { jest } from '@jest/globals';
import { createLogger, waitIn } from '@souk/runtime';
import { reviveMonitor } from './reviveMonitor.js';

/** Made while the clock is real: a logger may have a timer of its own. */
const logger = createLogger('test', 'silent');

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function watched(refusals = 0) {
  const did: string[] = [];
  let left = refusals;
  const client = Object.assign(new EventEmitter(), {
    close: async () => void did.push('closed'),
    connect: async () => {
      did.push('connected');
      if (left-- > 0) throw new Error('no server');
    },
  });
  const watching = reviveMonitor(client, logger);
  const heartbeat = (what: 'Started' | 'Succeeded' | 'Failed') =>
    client.emit(`serverHeartbeat${what}`, { connectionId: '127.0.0.1:27017' });
  return { heartbeat, did, watching, client };
}

test('a heartbeat without an end makes the client connect anew, once', async () => {
  const { heartbeat, did } = watched();
  heartbeat('Started');
  await jest.advanceTimersByTimeAsync(11_000);
  expect(did).toEqual([]);
  await jest.advanceTimersByTimeAsync(4_000);
  expect(did).toEqual(['closed', 'connected']);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(did).toEqual(['closed', 'connected']);
});

test('a server that is still away is tried until it answers', async () => {
  const back = waitIn({ pause: async () => undefined, random: () => 0, monotonicMs: () => 0 });
  const { heartbeat, did } = watched(2);
  heartbeat('Started');
  await jest.advanceTimersByTimeAsync(15_000);
  expect(did).toEqual(['closed', 'connected', 'connected', 'connected']);
  back();
});

test('heartbeats that end, well or badly, leave the client alone, however long the server is away', async () => {
  const { heartbeat, did } = watched();
  for (const end of ['Succeeded', 'Failed', 'Failed', 'Failed', 'Succeeded'] as const) {
    heartbeat('Started');
    await jest.advanceTimersByTimeAsync(6_000);
    heartbeat(end);
    await jest.advanceTimersByTimeAsync(6_000);
  }
  expect(did).toEqual([]);
});

test('nothing is left of it when it is closed', () => {
  const { client, watching } = watched();
  expect(jest.getTimerCount()).toBe(1);
  watching.close();
  expect(client.eventNames()).toEqual([]);
  expect(jest.getTimerCount()).toBe(0);
});
