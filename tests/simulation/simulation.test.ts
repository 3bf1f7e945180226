import { mutations } from './mutations.js';
import { runSchedule, type ScheduleResult } from './runSchedule.js';

/** `npm run simulate` plays ten thousand. */
const SCHEDULES = 300;
const FIRST_SEED = 1;
/** A guard that is taken away is missed within this many. */
const SOON = 600;

test(`${SCHEDULES} schedules of lost, late, doubled and reordered messages and of crashes at any call leave nothing wrong`, async () => {
  const failed: ScheduleResult[] = [];
  const sum = { orders: 0, crashes: 0, lost: 0, late: 0, duplicated: 0 };
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed += 1) {
    const result = await runSchedule(seed);
    if (result.violations.length > 0) failed.push(result);
    sum.orders += result.orders;
    for (const fault of ['crashes', 'lost', 'late', 'duplicated'] as const) sum[fault] += result.faults[fault];
  }
  expect(
    failed.map(({ seed, violations }) => ({ replay: `npm run simulate -- --replay ${seed}`, violations })),
  ).toEqual([]);
  // It was no walk in the park.
  expect(sum.orders).toBeGreaterThan(SCHEDULES);
  expect(Math.min(sum.crashes, sum.lost, sum.late, sum.duplicated)).toBeGreaterThan(SCHEDULES);
}, 120_000);

test('a seed is played the same way again', async () => {
  const anonymous = (result: ScheduleResult) =>
    result.trace.map((line) => line.replace(/[a-z]{3}_[0-9a-z]{26}/g, '…').replace(/→ .*/, ''));
  const [first, second] = [await runSchedule(7, { trace: true }), await runSchedule(7, { trace: true })];
  expect(first.trace.length).toBeGreaterThan(50);
  expect(anonymous(second)).toEqual(anonymous(first));
});

describe('a guard that is taken away is missed', () => {
  test.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
    '%s',
    async (_, mutation) => {
      for (let seed = FIRST_SEED; seed < FIRST_SEED + SOON; seed += 1) {
        if ((await runSchedule(seed, { mutation })).violations.length > 0) return;
      }
      throw new Error(`nothing went wrong in ${SOON} schedules`);
    },
    60_000,
  );
});
