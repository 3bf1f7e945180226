import { FAULT_KINDS } from './faultKinds.js';
import { planFaults } from './schedule.js';

test('the same seed and size give the same faults at the same purchases; another seed gives others', () => {
  expect(planFaults(7, 2_000)).toEqual(planFaults(7, 2_000));
  expect(planFaults(8, 2_000)).not.toEqual(planFaults(7, 2_000));
});

test('a run of 2,000 purchases has every kind of fault, in order, each within the run and at one of its targets', () => {
  const plan = planFaults(1, 2_000);
  expect(plan).toHaveLength(249);
  expect(new Set(plan.map(({ kind }) => kind)).size).toBe(Object.keys(FAULT_KINDS).length);
  expect(plan.map(({ number }) => number)).toEqual(plan.map((_, index) => index + 1));
  for (const [index, { at, until, kind, target }] of plan.entries()) {
    expect(at).toBeGreaterThanOrEqual(plan[index - 1]?.at ?? 4);
    expect(at).toBeLessThan(2_000);
    expect(until).toBeGreaterThanOrEqual(at);
    expect(FAULT_KINDS[kind].targets).toContain(target);
  }
});

test('a small run has faults too', () => {
  expect(planFaults(3, 1)).toHaveLength(1);
  expect(planFaults(3, 60)).toHaveLength(7);
});
