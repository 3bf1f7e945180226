import { waitIn } from '@souk/runtime';
import { keepLeases } from './keepLeases.js';
import type { Placement } from './ports.js';
import { PLACEMENT_LEASE_MS } from './runPlacement.js';

let now = 0;
const back = waitIn({ pause: async () => undefined, random: () => 0, monotonicMs: () => now });
afterAll(back);

const placement = (orderId: string) => ({ orderId }) as Placement;

test('a run that takes long keeps its lease until it ends or hangs; a quick one costs nothing', async () => {
  const renewed: string[] = [];
  const leases = keepLeases({
    async postpone({ orderId }, delayMs) {
      expect(delayMs).toBe(PLACEMENT_LEASE_MS);
      renewed.push(`${orderId} at ${now}`);
    },
  });
  let end: () => void = () => undefined;
  const run = leases.kept(
    () =>
      new Promise((resolve) => {
        end = () => resolve({ kind: 'LOST' });
      }),
  );
  const first = run(placement('ord_slow'));
  const endFirst = end;
  for (now of [500, 1_000, 2_000]) await leases.renew();
  expect(renewed).toEqual(['ord_slow at 1000', 'ord_slow at 2000']);
  endFirst();
  await first;
  for (now of [3_000, 4_000]) await leases.renew();
  expect(renewed).toHaveLength(2);

  void run(placement('ord_hangs'));
  for (now of [10_000, 13_900, 14_000, 60_000]) await leases.renew();
  expect(renewed.slice(2)).toEqual(['ord_hangs at 10000', 'ord_hangs at 13900']);
});
