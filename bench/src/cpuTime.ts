import { familiesOf, readProc } from './processFamilies.js';

/** Milliseconds of CPU by process, its children included; `shoppers` is the load generator itself. */
export type CpuTime = Readonly<Record<string, number>>;

/** Linux counts in hundredths of a second, on every machine that Node runs on. */
const MS_PER_TICK = 10;

/** What each process has used since it started; Linux only, empty elsewhere. */
export function cpuTimeOf(pids: Readonly<Record<string, number>>): CpuTime {
  if (process.platform !== 'linux') return {};
  const own = process.cpuUsage();
  return {
    ...Object.fromEntries(
      Object.entries(familiesOf(pids)).map(([name, family]) => [
        name,
        family.reduce((total, pid) => total + ticksOf(pid) * MS_PER_TICK, 0),
      ]),
    ),
    shoppers: (own.user + own.system) / 1_000,
  };
}

function ticksOf(pid: number): number {
  const stat = readProc(`${pid}/stat`);
  const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(user ?? 0) + Number(system ?? 0);
}

/** What was used between two readings, per run. */
export const cpuPerRun = (before: CpuTime, after: CpuTime, runs: number): CpuTime =>
  Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, (ms - (before[name] ?? 0)) / runs]));
