import { PLANTS } from '../../chaos/src/plants.js';
import { type ChaosResult, runChaos } from '../../chaos/src/runChaos.js';

/** `npm run chaos` in its short form. What it printed is shown when it fails. */
const PURCHASES = 60;
const told: string[] = [];
let result: ChaosResult;

beforeAll(async () => {
  result = await runChaos({
    purchases: PURCHASES,
    seed: 4,
    shoppers: 6,
    log: (line) => told.push(line),
    thenPlant: PLANTS['double-refund'],
  }).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : 'unknown'}\n${told.join('\n')}`);
  });
}, 400_000);

test('60 purchases under kills, cut connections, lost queues and a provider that fails lose nothing, double nothing and leave nothing behind', () => {
  expect({ violations: result.violations, histories: [...result.histories.values()].flat() }).toEqual({
    violations: [],
    histories: [],
  });
  expect(result.quiet).toMatchObject({ isQuiet: true, left: [] });
  expect(result.purchases).toHaveLength(PURCHASES);
  expect(result.faults.length).toBeGreaterThanOrEqual(5);
  expect(result.invariants.length).toBeGreaterThanOrEqual(25);
  expect(result.purchases.filter(({ told: status }) => status === 'CONFIRMED').length).toBeGreaterThan(10);
});

test('a bug that gives money back twice is found', () => {
  expect(result.found).not.toEqual([]);
  expect(result.found.map(({ invariant }) => invariant)).toContain('payments-match-provider');
});
