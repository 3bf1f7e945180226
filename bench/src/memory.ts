import { familiesOf, readProc } from './processFamilies.js';

/** Megabytes by process: `rss` as the operating system counts it, `pss` with shared pages divided among their users. */
export type Memory = Readonly<Record<string, { readonly rss: number; readonly pss: number }>>;

/** Memory of each process and its children (Postgres has many); Linux only, empty elsewhere. */
export async function memoryOf(pids: Readonly<Record<string, number>>): Promise<Memory> {
  if (process.platform !== 'linux') return {};
  return Object.fromEntries(
    Object.entries(familiesOf(pids)).map(([name, family]) => {
      const parts = family.map(usage);
      return [name, { rss: sum(parts.map((part) => part.rss)), pss: sum(parts.map((part) => part.pss)) }];
    }),
  );
}

function usage(pid: number): { rss: number; pss: number } {
  const text = readProc(`${pid}/smaps_rollup`);
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1_024;
  return { rss: kilobytes('Rss'), pss: kilobytes('Pss') };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
