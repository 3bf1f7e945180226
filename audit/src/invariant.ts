import type { Snapshot } from './snapshot.js';
import type { DatabaseName } from './stores.js';

/** Something that should not be: which row, and what is wrong with it, without personal data. */
export interface Violation {
  readonly key: string;
  readonly detail: string;
  /** Of which order it is. While an event of that order is on its way, it is no violation yet. */
  readonly orderId?: string | undefined;
}

/** Something that is always true of the shop's data. */
export interface Invariant {
  /** Stable: it is the metric's label. */
  readonly name: string;
  /** What goes wrong for a customer or the merchant when it does not hold. */
  readonly why: string;
  /** Compares; `seen` counts the rows that were compared. */
  check(snapshot: Snapshot, seen: (rows: number) => void): AsyncIterable<Violation>;
}

interface ViolationRow {
  readonly key: string;
  readonly detail: string;
  readonly order_id?: string | null;
}

/**
 * An invariant within one database. `rows` counts what is compared; `violations` selects `key`, `detail` and, when it is about
 * an order, `order_id`. `$1` in either is the age in milliseconds from which something unfinished is late.
 */
export function inDatabase(o: {
  name: string;
  why: string;
  database: DatabaseName;
  rows: string;
  violations: string;
}): Invariant {
  const params = (text: string, lateMs: number): unknown[] => (text.includes('$1') ? [lateMs] : []);
  return {
    name: o.name,
    why: o.why,
    async *check(snapshot, seen) {
      const { lateMs } = snapshot;
      const [count] = await snapshot.query<{ rows: number }>(
        o.database,
        `SELECT count(*) AS rows FROM (${o.rows}) AS compared`,
        params(o.rows, lateMs),
      );
      seen(count?.rows ?? 0);
      const found = snapshot.stream<ViolationRow>(o.database, o.violations, params(o.violations, lateMs));
      for await (const { key, detail, order_id } of found) yield { key, detail, orderId: order_id ?? undefined };
    },
  };
}

/** `occurred` lies more than $1 milliseconds back. */
export const late = (column: string): string => `${column} < now() - $1::float8 * interval '1 millisecond'`;
