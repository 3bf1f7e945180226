import { setTimeout as delay } from 'node:timers/promises';
import { levelled } from './levelled.js';

const timed = async (work: () => Promise<unknown>) => {
  const from = performance.now();
  await work().catch(() => undefined);
  return performance.now() - from;
};

test('what takes a little and what takes a little more is answered after the same time, refusals too', async () => {
  const slow = (ms: number) => levelled(60, () => delay(ms, 'done'));
  expect(await slow(1)()).toBe('done');
  for (const ms of [1, 25]) {
    const times = [await timed(slow(ms)), await timed(slow(ms)), await timed(slow(ms))];
    expect(Math.min(...times)).toBeGreaterThanOrEqual(58);
    expect(Math.min(...times)).toBeLessThan(115); // the quickest: a busy machine wakes some later
  }
  const failing = levelled(60, () => Promise.reject(new Error('no')));
  await expect(failing()).rejects.toThrow('no');
  expect(await timed(failing)).toBeGreaterThanOrEqual(58);
  expect(await timed(slow(70))).toBeGreaterThanOrEqual(118);
});
