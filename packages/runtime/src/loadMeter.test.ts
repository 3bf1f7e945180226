import { createLoadMeter } from './loadMeter.js';

test('a process that worked was busy, one that waited was not, each time since the last question', async () => {
  const load = createLoadMeter();
  const until = performance.now() + 100;
  while (performance.now() < until);
  await new Promise((resolve) => setImmediate(resolve));
  expect(load()).toBeGreaterThan(0.5);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(load()).toBeLessThan(0.5);
});
