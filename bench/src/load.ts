import { performance } from 'node:perf_hooks';

/** What a bounded run measured. Times in milliseconds. */
export interface Measurement {
  readonly name: string;
  readonly concurrency: number;
  readonly seconds: number;
  readonly count: number;
  readonly errors: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** First error seen, for the reader. */
  readonly firstError?: string;
}

/**
 * Runs `work` from `concurrency` loops until `seconds` have passed or `limit` runs were started, whichever is first.
 * A run that throws counts as an error and its time is not among the percentiles.
 */
export async function measure(o: {
  name: string;
  concurrency: number;
  seconds: number;
  limit?: number;
  work: (worker: number, run: number) => Promise<void>;
}): Promise<Measurement> {
  const times: number[] = [];
  let errors = 0;
  let firstError: string | undefined;
  let started = 0;
  const begin = performance.now();
  const end = begin + o.seconds * 1_000;
  const limit = o.limit ?? Number.POSITIVE_INFINITY;

  await Promise.all(
    Array.from({ length: o.concurrency }, async (_, worker) => {
      while (performance.now() < end && started < limit) {
        started += 1;
        const from = performance.now();
        try {
          await o.work(worker, started);
          times.push(performance.now() - from);
        } catch (error) {
          errors += 1;
          firstError ??= error instanceof Error ? error.message : String(error);
        }
      }
    }),
  );
  const seconds = (performance.now() - begin) / 1_000;
  times.sort((a, b) => a - b);
  return {
    name: o.name,
    concurrency: o.concurrency,
    seconds,
    count: times.length,
    errors,
    perSecond: times.length / seconds,
    p50: percentile(times, 50),
    p95: percentile(times, 95),
    p99: percentile(times, 99),
    ...(firstError === undefined ? {} : { firstError }),
  };
}

/** Nearest-rank percentile of sorted values; NaN of none. */
export function percentile(sorted: readonly number[], rank: number): number {
  return sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)] ?? Number.NaN;
}
