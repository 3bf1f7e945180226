import { parseArgs } from 'node:util';
import { PLANTS } from './plants.js';
import { toText } from './report/report.js';
import { runChaos } from './runChaos.js';

/**
 * `npm run chaos`: the whole shop as real processes under everything that can go wrong, and the auditor's verdict. Its last line is
 * `chaos: N purchases, F faults, V violations`; exit status 1 when V > 0, 2 when it could not run, 130 after Ctrl-C.
 */
const USAGE = `npm run chaos -- [--purchases N] [--seed S] [--shoppers N] [--plant ${Object.keys(PLANTS).join('|')}] [--keep]`;
const { values } = parseArgs({
  options: {
    purchases: { type: 'string', default: '2000' },
    seed: { type: 'string' },
    shoppers: { type: 'string', default: '10' },
    plant: { type: 'string' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const purchases = Number(values.purchases);
const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
const shoppers = Number(values.shoppers);
const plant = (PLANTS as Readonly<Record<string, (typeof PLANTS)['double-refund']>>)[values.plant ?? ''];
const whole = (value: number, low: number, high: number): boolean =>
  Number.isInteger(value) && value >= low && value <= high;
if (
  !whole(purchases, 1, 1_000_000) ||
  !whole(seed, 0, 2 ** 31) ||
  !whole(shoppers, 1, 100) ||
  (values.plant !== undefined && !plant)
) {
  console.error(USAGE);
  process.exit(64);
}

const from = Date.now();
const log = (line: string): void => {
  process.stderr.write(`${((Date.now() - from) / 1_000).toFixed(1).padStart(7)} s  ${line}\n`);
};
const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort(new Error(signal)));
try {
  const result = await runChaos({
    purchases,
    seed,
    shoppers,
    log,
    signal: abort.signal,
    keepFolder: values.keep,
    ...(plant === undefined ? {} : { plant }),
  });
  console.log(toText(result));
  process.exitCode = result.violations.length > 0 ? 1 : 0;
} catch (error) {
  console.error(`chaos: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = abort.signal.aborted ? 130 : 2;
}
