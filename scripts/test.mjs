/**
 * `npm test`: brings generated code and the build up to date (the end-to-end tests run the compiled processes), then runs
 * Jest. Arguments go to Jest: `npm test -- subgraphs/order`.
 */
import { spawnSync } from 'node:child_process';

const run = (...args) => {
  const { status, signal } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? (signal ? 1 : 0));
};

run('scripts/build.mjs');
run(
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
  ...process.argv.slice(2),
);
