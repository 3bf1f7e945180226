import { type Logger, metrics, startRepeating } from '@souk/runtime';
import type { Database } from './database.js';
import type { Statement } from './statement.js';

/** Work of one kind that is waiting, has failed or is under way: how much, and how old the oldest is. */
export interface BacklogRow {
  readonly what: string;
  readonly count: number;
  readonly oldest_seconds: number;
}

/** SQL of `oldest_seconds`: the age of the smallest value of a timestamp column, 0 when there is none. */
export const oldestSeconds = (column: string): string =>
  `coalesce(extract(epoch FROM now() - min(${column})), 0)::float8 AS oldest_seconds`;

const EVERY_MS = 15_000;
const size = metrics.gauge('souk_backlog', 'Things that are waiting, stuck or given up, by kind', ['what']);
const oldest = metrics.gauge('souk_backlog_oldest_seconds', 'Age of the oldest of them', ['what']);

/**
 * Shows a service's backlog as the metrics `souk_backlog` and `souk_backlog_oldest_seconds`, read by one statement every quarter of a
 * minute. The statement answers a row for each kind, with zeros where there is nothing, so that an alarm can end. docs/runbooks
 * says what to do about each kind.
 */
export function watchBacklog(o: { database: Database; statement: Statement<BacklogRow>; logger: Logger }): {
  close(): Promise<void>;
} {
  return startRepeating({
    name: 'backlog',
    everyMs: EVERY_MS,
    logger: o.logger,
    async work() {
      for (const { what, count, oldest_seconds } of await o.database.query(o.statement)) {
        size.set({ what }, count);
        oldest.set({ what }, Math.max(0, oldest_seconds));
      }
      return false;
    },
  });
}
