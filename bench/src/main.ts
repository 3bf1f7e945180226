import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createShopper } from '@souk/local/shopper';
import { startStack } from '@souk/local/stack';
import { openDemoData } from '@souk/local/start/demoData';
import { authorizationMarkdown, measureAuthorization } from './authorization.js';
import { cpuPerRun, cpuTimeOf } from './cpuTime.js';
import { journeys } from './journeys.js';
import { measure } from './load.js';
import { memoryOf } from './memory.js';
import { pin } from './pin.js';
import { type BenchResult, toMarkdown } from './report.js';
import { type Target, targetOf } from './target.js';

/**
 * `npm run bench`: measures the journeys of schema/operations on a compiled build with bounded load on this machine.
 * Takes the shop that `npm start` runs, or starts one in a folder of its own and removes it afterwards.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    seconds: { type: 'string', default: '8' },
    warmup: { type: 'string', default: '5' },
    concurrency: { type: 'string', default: '16' },
    only: { type: 'string' },
    'one-process': { type: 'boolean', default: false },
    pin: { type: 'boolean', default: false },
    authorization: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help) {
  console.log(
    'npm run bench -- [--seconds N] [--warmup N] [--concurrency N] [--only NAME] [--one-process [--pin]] [--authorization] [--json FILE]',
  );
  process.exit(0);
}

const seconds = Number(values.seconds);
const warmup = Number(values.warmup);
const concurrency = Number(values.concurrency);
if (!(seconds > 0 && seconds <= 120 && warmup >= 0 && warmup <= 60 && concurrency > 0 && concurrency <= 64)) {
  console.error('bench: --seconds is 1 to 120, --warmup 0 to 60, --concurrency 1 to 64');
  process.exit(64);
}
if (values.pin && !values['one-process']) {
  console.error('bench: --pin is for --one-process');
  process.exit(64);
}

/** Authorization may take so much of the listing's time; more is a failure of the run. */
const MAX_AUTHORIZATION_SHARE = 0.05;
const DATA_DIR = process.env.SOUK_DATA_DIR ?? '.souk';
const say = (line: string) => process.stderr.write(`${line}\n`);

async function withTarget(work: (target: Target) => Promise<void>): Promise<void> {
  const running = existsSync(join(DATA_DIR, 'stack.json')) ? targetOf(DATA_DIR) : undefined;
  if (running && (await fetch(`${running.urls.gateway}/health/live`).catch(() => undefined))?.ok) {
    if (values['one-process'])
      throw new Error('a shop is running: stop it, or start it with --one-process and leave that away here');
    say('Measuring the shop that is running.');
    return work(running);
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'souk-bench-'));
  say('Starting a shop to measure …');
  const demo = await openDemoData();
  const stack = await startStack({
    dataDir,
    ports: 'random',
    oneProcess: values['one-process'],
    env: { LOG_LEVEL: 'warn', ...demo.environment(process.env) },
    log: say,
  });
  try {
    await demo.seed(stack, dataDir, say);
    const target = targetOf(dataDir);
    if (values.pin) pin(target.pids);
    await work(target);
  } finally {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

await withTarget(async (target) => {
  if (values.authorization) {
    const cost = await measureAuthorization(target, { seconds, warmup, concurrency, say });
    console.log(authorizationMarkdown(cost));
    if (values.json) writeFileSync(values.json, `${JSON.stringify(cost, null, 2)}\n`);
    if (cost.listing.some(({ errors }) => errors > 0) || cost.share >= MAX_AUTHORIZATION_SHARE) process.exitCode = 1;
    return;
  }
  const idle = await memoryOf(target.pids);
  const shopper = createShopper(target.urls.graphql, { connections: 64 });
  const results: BenchResult[] = [];
  for (const journey of await journeys({ target, shopper, concurrency })) {
    if (values.only && !journey.name.includes(values.only)) continue;
    say(`${journey.name} …`);
    const statements = await journey.statements?.();
    const through = { name: journey.name, concurrency: journey.concurrency ?? concurrency, work: journey.work };
    await measure({ ...through, seconds: warmup * (journey.hops ?? 1) });
    journey.requests?.();
    const before = cpuTimeOf(target.pids);
    const measured = await measure({ ...through, seconds });
    const cost =
      journey.requests && measured.count > 0
        ? {
            requests: journey.requests() / measured.count,
            cpu: cpuPerRun(before, cpuTimeOf(target.pids), measured.count),
          }
        : {};
    let direct: BenchResult['direct'];
    if (journey.direct) {
      await measure({ name: `${journey.name}, direct`, concurrency, seconds: 1, work: journey.direct });
      direct = await measure({
        name: `${journey.name}, direct`,
        concurrency,
        seconds: Math.max(2, seconds / 2),
        work: journey.direct,
      });
    }
    results.push({
      ...measured,
      ...cost,
      ...(statements === undefined ? {} : { statements }),
      ...(direct ? { direct } : {}),
    });
    if (measured.errors > 0) say(`  ${measured.errors} errors, the first: ${measured.firstError}`);
  }
  await shopper.close();
  const loaded = await memoryOf(target.pids);
  const report = {
    node: process.version,
    cpus: cpus().length,
    cpu: cpus()[0]?.model ?? '',
    seconds,
    concurrency,
    results,
    memory: { idle, loaded },
  };
  console.log(toMarkdown(report));
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  if (results.some((result) => result.errors > 0)) process.exitCode = 1;
});
