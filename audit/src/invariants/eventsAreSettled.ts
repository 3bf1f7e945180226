import type { Invariant } from '../invariant.js';
import { DATABASES } from '../stores.js';

interface Unsettled {
  readonly id: string;
  readonly type: string;
  readonly pending: readonly string[];
  readonly sends: number;
  readonly seconds: number;
}

/** An event that does not arrive is a customer who is not told, stock that is not sold, money that is not given back. */
export const eventsAreSettled: Invariant = {
  name: 'events-are-settled',
  why: 'every event was applied by all of its consumers soon after it was published',
  async *check(snapshot, seen) {
    for (const database of DATABASES) {
      const [count] = await snapshot.query<{ rows: number }>(database, 'SELECT count(*) AS rows FROM outbox_event');
      seen(count?.rows ?? 0);
      const stuck = snapshot.stream<Unsettled>(
        database,
        `SELECT id, type, pending, sends, round(extract(epoch FROM now() - occurred_at)) AS seconds FROM outbox_event
         WHERE settled_at IS NULL AND occurred_at < now() - $1::float8 * interval '1 millisecond'`,
        [snapshot.lateMs],
      );
      for await (const { id, type, pending, sends, seconds } of stuck) {
        const detail = `${type} of ${database}, ${seconds} s old, sent ${sends} times, not applied by ${pending.join(', ')}`;
        yield { key: id, detail };
      }
    }
  },
};
