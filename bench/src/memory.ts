import { readdirSync, readFileSync } from 'node:fs';

/** Megabytes by process: `rss` as the operating system counts it, `pss` with shared pages divided among their users. */
export type Memory = Readonly<Record<string, { readonly rss: number; readonly pss: number }>>;

/** Memory of each process and its children (Postgres has many); Linux only, empty elsewhere. */
export async function memoryOf(pids: Readonly<Record<string, number>>): Promise<Memory> {
  if (process.platform !== 'linux') return {};
  const parents = parentsOfAll();
  return Object.fromEntries(
    Object.entries(pids).map(([name, pid]) => {
      const family = [...parents.keys()].filter((candidate) => isBelow(candidate, pid, parents));
      const parts = family.map(usage);
      return [name, { rss: sum(parts.map((part) => part.rss)), pss: sum(parts.map((part) => part.pss)) }];
    }),
  );
}

function parentsOfAll(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = read(`/proc/${entry}/stat`);
    const parent = /^\d+ \(.*\) \S (\d+)/s.exec(stat)?.[1];
    if (parent !== undefined) parents.set(Number(entry), Number(parent));
  }
  return parents;
}

function isBelow(pid: number, ancestor: number, parents: ReadonlyMap<number, number>): boolean {
  for (let next: number | undefined = pid; next !== undefined && next > 1; next = parents.get(next)) {
    if (next === ancestor) return true;
  }
  return false;
}

function usage(pid: number): { rss: number; pss: number } {
  const text = read(`/proc/${pid}/smaps_rollup`);
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1_024;
  return { rss: kilobytes('Rss'), pss: kilobytes('Pss') };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
