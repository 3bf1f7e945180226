import { setTimeout as delay } from 'node:timers/promises';
import type { Invariant, Violation } from './invariant.js';
import { invariants as all } from './invariants/index.js';
import { ordersInFlight } from './ordersInFlight.js';
import { withSnapshot } from './snapshot.js';
import type { StoreUrls } from './stores.js';

export interface AuditOptions {
  /** From which age on something unfinished (a saga, an event, an unpaid order) counts as stuck; 60 s unless told. */
  readonly lateMs?: number;
  /** How long a suspicion is looked at again before it is called a violation; 10 s unless told. */
  readonly confirmMs?: number;
  /** Pause between two looks; 1 s unless told. */
  readonly pauseMs?: number;
  /** Only the invariants of these names. */
  readonly only?: readonly string[];
}

export interface FoundViolation extends Violation {
  readonly invariant: string;
}

export interface InvariantResult {
  readonly name: string;
  readonly why: string;
  /** Rows that were compared. */
  readonly rows: number;
  readonly violations: readonly FoundViolation[];
}

export interface AuditResult {
  readonly invariants: readonly InvariantResult[];
  readonly rows: number;
  /** Of all invariants. */
  readonly violations: readonly FoundViolation[];
  /** What could not be looked at, and oddities that are allowed. */
  readonly notes: readonly string[];
}

/**
 * Proves the invariants over all databases and the provider. It only reads, and may run beside a shop at work: what it suspects, it looks at
 * again until `confirmMs` have passed, and it calls a violation only what was wrong in every look and has no event of its order
 * on its way (an event that does not arrive is a violation of its own). Throws when a store cannot be read.
 */
export async function audit(stores: StoreUrls, options: AuditOptions = {}): Promise<AuditResult> {
  const { lateMs = 60_000, confirmMs = 10_000, pauseMs = 1_000, only } = options;
  const notes = new Set<string>();
  const wanted = all.filter(({ name }) => only === undefined || only.includes(name));
  const look = (which: readonly Invariant[]) => lookOnce(stores, which, lateMs, (text) => notes.add(text));
  const rows = new Map<string, number>();
  const suspects = new Map<string, readonly Violation[]>();
  for (const { name, seen, found } of await look(wanted)) {
    rows.set(name, seen);
    if (found.length > 0) suspects.set(name, found);
  }
  const until = Date.now() + confirmMs;
  while (suspects.size > 0 && Date.now() < until) {
    await delay(pauseMs);
    for (const { name, found } of await look(wanted.filter((one) => suspects.has(one.name)))) {
      const still = new Set(suspects.get(name)?.map(({ key }) => key));
      const both = found.filter(({ key }) => still.has(key));
      if (both.length > 0) suspects.set(name, both);
      else suspects.delete(name);
    }
  }
  const results = wanted.map(({ name, why }) => ({
    name,
    why,
    rows: rows.get(name) ?? 0,
    violations: (suspects.get(name) ?? []).map((violation) => ({ invariant: name, ...violation })),
  }));
  return {
    invariants: results,
    rows: results.reduce((sum, result) => sum + result.rows, 0),
    violations: results.flatMap((result) => result.violations),
    notes: [...notes],
  };
}

interface Look {
  readonly name: string;
  readonly seen: number;
  readonly found: readonly Violation[];
}

/** One look at some invariants, on one snapshot. */
function lookOnce(
  stores: StoreUrls,
  which: readonly Invariant[],
  lateMs: number,
  note: (text: string) => void,
): Promise<Look[]> {
  return withSnapshot(stores, { lateMs, note }, async (snapshot) => {
    const looks: Look[] = [];
    for (const invariant of which) {
      let seen = 0;
      const found: Violation[] = [];
      const count = (more: number): void => {
        seen += more;
      };
      for await (const violation of invariant.check(snapshot, count)) {
        const { orderId } = violation;
        if (orderId === undefined || !(await ordersInFlight(snapshot)).has(orderId)) found.push(violation);
      }
      looks.push({ name: invariant.name, seen, found });
    }
    return looks;
  });
}
