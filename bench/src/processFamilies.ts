import { readdirSync, readFileSync } from 'node:fs';

/** The process and all that it has started, by `/proc`; Linux only. */
export function familiesOf(pids: Readonly<Record<string, number>>): Readonly<Record<string, readonly number[]>> {
  const parents = parentsOfAll();
  return Object.fromEntries(
    Object.entries(pids).map(([name, pid]) => [
      name,
      [...parents.keys()].filter((candidate) => isBelow(candidate, pid, parents)),
    ]),
  );
}

/** The text of a file below `/proc`; empty when the process has ended. */
export function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}

function parentsOfAll(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = /^\d+ \(.*\) \S (\d+)/s.exec(readProc(`${entry}/stat`))?.[1];
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
