import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { runSchedule, type ScheduleResult } from './runSchedule.js';

/**
 * `npm run simulate -- --schedules N --seed S`: plays N schedules from seed S on. A seed that fails is printed; `--replay SEED` plays it
 * again with its trace. The exit status is 1 when one failed.
 */
const USAGE = `npm run simulate -- [--schedules 10000] [--seed 1] [--workers 2]
npm run simulate -- --replay SEED`;
const SHOWN = 20;

async function play(
  first: number,
  step: number,
  count: number,
  report: (result: ScheduleResult) => void,
): Promise<void> {
  for (let index = 0; index < count; index += 1) report(await runSchedule(first + index * step));
}

async function replay(seed: number): Promise<void> {
  const result = await runSchedule(seed, { trace: true });
  console.log(result.trace.join('\n'));
  for (const violation of result.violations) console.log(`VIOLATION  ${violation}`);
  console.log(`simulate: seed ${seed}, ${result.orders} orders, ${result.violations.length} violations`);
  process.exitCode = result.violations.length > 0 ? 1 : 0;
}

async function simulate(schedules: number, seed: number, workers: number): Promise<void> {
  const began = Date.now();
  const failed: ScheduleResult[] = [];
  const sum = { schedules: 0, orders: 0, crashes: 0, lost: 0, late: 0, duplicated: 0 };
  const count = (result: ScheduleResult): void => {
    sum.schedules += 1;
    sum.orders += result.orders;
    for (const name of ['crashes', 'lost', 'late', 'duplicated'] as const) sum[name] += result.faults[name];
    if (result.violations.length === 0) return;
    failed.push(result);
    if (failed.length <= SHOWN) console.log(`seed ${result.seed}: ${result.violations.join('; ')}`);
  };
  await Promise.all(
    Array.from({ length: workers }, (_, index) => {
      const share = Math.ceil((schedules - index) / workers);
      if (share <= 0) return undefined;
      return new Promise<void>((resolve, reject) => {
        const worker = new Worker(new URL(import.meta.url), {
          workerData: { first: seed + index, step: workers, count: share },
        });
        worker.on('message', count);
        worker.on('error', reject);
        worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
      });
    }),
  );
  const took = ((Date.now() - began) / 1_000).toFixed(1);
  if (failed.length > 0) console.log(`replay one: npm run simulate -- --replay ${failed[0]?.seed}`);
  console.log(
    `simulate: ${sum.schedules} schedules from seed ${seed} in ${took} s, ${sum.orders} orders, ${sum.crashes} crashes, ` +
      `${sum.lost} lost, ${sum.late} late, ${sum.duplicated} duplicated, ${failed.length} failed`,
  );
  process.exitCode = failed.length > 0 ? 1 : 0;
}

if (isMainThread) {
  const { values } = parseArgs({
    options: {
      schedules: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      workers: { type: 'string', default: '2' },
      replay: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const numbers = [values.schedules, values.seed, values.workers, values.replay ?? '1'].map(Number);
  if (values.help || numbers.some((one) => !Number.isInteger(one) || one < 1)) {
    console.log(USAGE);
    process.exitCode = values.help ? 0 : 64;
  } else if (values.replay !== undefined) await replay(Number(values.replay));
  else await simulate(Number(values.schedules), Number(values.seed), Math.min(Number(values.workers), 16));
} else {
  const { first, step, count } = workerData as { first: number; step: number; count: number };
  await play(first, step, count, (result) => parentPort?.postMessage({ ...result, trace: [] }));
}
