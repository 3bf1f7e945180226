import { cells, type MatrixResult, runMatrix } from '../../chaos/src/crashMatrix/runMatrix.js';

/** `npm run crash-matrix` in its short form: each failpoint kills once, several processes at a time. */
const told: string[] = [];
let result: MatrixResult;

beforeAll(async () => {
  result = await runMatrix({ times: 1, isShort: true, log: (line) => told.push(line) }).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : 'unknown'}\n${told.join('\n')}`);
  });
}, 600_000);

test('a process that dies at any failpoint comes back, every purchase ends as it should soon after, and nothing stays under way', () => {
  expect(result.crashes.map(({ cell }) => cell)).toHaveLength(cells({ isShort: true }).length);
  expect(result.crashes.filter(({ fault }) => fault !== undefined)).toEqual([]);
});

test('after a death at each failpoint no invariant is violated', () => {
  expect({ violations: result.violations, histories: [...result.histories.values()].flat() }).toEqual({
    violations: [],
    histories: [],
  });
});
