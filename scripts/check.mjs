/**
 * `npm run check`: types, lint, boundaries, drift of everything derived, documents' links and unit tests. The same here and
 * in CI. Prints one line per step; the output of a step only when it fails.
 */
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

const node = process.execPath;
const bin = (name) => [node, `node_modules/.bin/${name}`];
const script = (name, ...args) => [node, `scripts/${name}.mjs`, ...args];

/** Steps of one stage run at the same time; a stage starts when the one before it is through. */
const STAGES = [
  [['generated code', script('generate')]],
  [['types and build', bin('tsc').concat('-b')]],
  [
    ['types of tests', bin('tsc').concat('-p', 'tsconfig.tests.json')],
    ['lint and format', bin('biome').concat('ci', '--colors=off', '--diagnostic-level=warn', '.')],
    [
      'boundaries',
      bin('depcruise').concat(
        '--config',
        '.dependency-cruiser.mjs',
        'packages',
        'subgraphs',
        'gateway',
        'one-process',
        'local',
        'bench',
        'audit',
        'chaos',
      ),
    ],
    ['schema', script('schema-check')],
    ['documents', script('docs-check')],
    ['drawn states', script('order-states', '--check')],
    ['access matrix', script('access-matrix', '--check')],
  ],
  [
    [
      'unit tests',
      [
        node,
        '--experimental-vm-modules',
        '--no-warnings',
        'node_modules/jest/bin/jest.js',
        '--testPathIgnorePatterns',
        'integration',
        'tests/e2e',
        'tests/access/(accessMatrix|claimedOrder)',
        'tests/attacks',
        'tests/audit',
        'tests/simulation',
        'tests/resilience',
        '/dist/',
        '/node_modules/',
      ],
    ],
  ],
];

async function run([name, [command, ...args]]) {
  const from = performance.now();
  const output = [];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  const status = await new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', resolve);
  });
  const seconds = ((performance.now() - from) / 1_000).toFixed(1).padStart(6);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${seconds} s  ${name}`);
  if (status !== 0) process.stdout.write(Buffer.concat(output));
  return status === 0;
}

for (const stage of STAGES) {
  const results = await Promise.all(stage.map(run));
  if (results.includes(false)) process.exit(1);
}
