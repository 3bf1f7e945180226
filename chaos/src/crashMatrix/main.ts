import { parseArgs } from 'node:util';
import { matrixToText } from './matrixToText.js';
import { cells, RECOVERY_LIMIT_MS, runMatrix } from './runMatrix.js';

/**
 * `npm run crash-matrix`: each process killed at each of its failpoints, and what became of the purchase it was in the middle of. Exit
 * status 1 when something was lost, doubled or too slow.
 */
const USAGE = 'npm run crash-matrix -- [--times N] [--only PREFIX] [--short] [--keep]';
const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '20' },
    only: { type: 'string' },
    short: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  },
});
const times = Number(values.times);
if (values.help || !Number.isInteger(times) || times < 1 || times > 1_000 || cells(values).length === 0) {
  console.error(
    `${USAGE}\nWithout --times ${cells().length} cells are killed 20 times each; recovery must take ${RECOVERY_LIMIT_MS / 1_000} s at most.`,
  );
  process.exit(values.help ? 0 : 64);
}
const from = Date.now();
const log = (line: string): void => {
  process.stderr.write(`${((Date.now() - from) / 1_000).toFixed(1).padStart(7)} s  ${line}\n`);
};
const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort(new Error(signal)));
try {
  const result = await runMatrix({
    times,
    only: values.only,
    isShort: values.short,
    keepFolder: values.keep,
    log,
    signal: abort.signal,
  });
  console.log(matrixToText(result));
  process.exitCode = result.violations.length > 0 || result.crashes.some(({ fault }) => fault !== undefined) ? 1 : 0;
} catch (error) {
  console.error(`crash-matrix: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = abort.signal.aborted ? 130 : 2;
}
