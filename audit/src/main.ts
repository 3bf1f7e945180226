import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, parseEnv } from 'node:util';
import { audit } from './audit.js';
import { reportOf, summaryOf } from './report.js';
import { runOnSchedule } from './schedule.js';
import { missingVariables, storesFrom } from './stores.js';

/**
 * `npm run audit`: proves the invariants of the shop that `npm start` runs, or of the stores that the variables name. The last line is
 * `audit: I invariants, R rows, V violations`; the exit status is 1 when V > 0, 2 when a store could not be read.
 */
const { values } = parseArgs({
  options: {
    late: { type: 'string', default: '60' },
    confirm: { type: 'string', default: '10' },
    only: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
    every: { type: 'string' },
    'metrics-port': { type: 'string', default: process.env.PORT ?? '4008' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const USAGE = `npm run audit -- [--only NAME]… [--late SECONDS] [--confirm SECONDS] [--json]
npm run audit -- --every 15m [--metrics-port 4008]    again and again until stopped; /metrics on that port

  --late      from which age on something unfinished counts as stuck (60)
  --confirm   how long a suspicion is looked at again before it is called a violation (10)
  --every     pause between two audits: a number with s, m or h

Stores: DATABASE_URL_*, REDIS_URL, STRIPE_SECRET_KEY, STRIPE_API_BASE_URL; without them those of the running shop (SOUK_DATA_DIR, .souk).`;

function refuse(text: string): never {
  console.error(`audit: ${text}`);
  process.exit(64);
}

function seconds(name: string, text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 86_400)) refuse(`--${name} is a number of seconds, not ${text}`);
  return value * 1_000;
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

function period(text: string): number {
  const [, amount, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined || Number(amount) === 0) refuse(`--every is like 15m, not ${text}`);
  return Number(amount) * (UNITS[unit] as number);
}

/** This process's variables; what names no store is looked up in the running shop. */
function environment(): Readonly<Record<string, string | undefined>> {
  if (missingVariables(process.env).length === 0) return process.env;
  const file = join(process.env.SOUK_DATA_DIR ?? '.souk', 'stack.env');
  if (existsSync(file)) return { ...parseEnv(readFileSync(file, 'utf8')), ...process.env };
  return refuse(
    `no shop is running (there is no ${file}), and these variables are not set: ${missingVariables(process.env).join(', ')}`,
  );
}

if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const options = {
  lateMs: seconds('late', values.late),
  confirmMs: seconds('confirm', values.confirm),
  ...(values.only === undefined ? {} : { only: values.only }),
};
const stores = storesFrom(environment());

if (values.every !== undefined) {
  const port = Number(values['metrics-port']);
  if (!(Number.isInteger(port) && port >= 0 && port <= 65_535)) refuse('--metrics-port is a port number');
  runOnSchedule({ stores, options, everyMs: period(values.every), host: process.env.HOST ?? '127.0.0.1', port });
} else {
  try {
    const result = await audit(stores, options);
    console.log(values.json ? JSON.stringify(result, null, 2) : reportOf(result));
    console.log(summaryOf(result));
    process.exitCode = result.violations.length > 0 ? 1 : 0;
  } catch (error) {
    console.error(`audit: could not read a store: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 2;
  }
}
