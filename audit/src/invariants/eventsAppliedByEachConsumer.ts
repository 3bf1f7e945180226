import { events, producersOf } from '@souk/events';
import type { Invariant } from '../invariant.js';
import { mergeByKey } from '../merge.js';
import type { Snapshot } from '../snapshot.js';
import { DATABASES, type DatabaseName } from '../stores.js';

interface Settled {
  readonly key: string;
  readonly type: string;
}

const isDatabase = (name: string): name is DatabaseName => (DATABASES as readonly string[]).includes(name);

/** From whom to whom events go, and which types. */
function routes(): { producer: DatabaseName; consumer: DatabaseName; types: string[] }[] {
  return DATABASES.flatMap((producer) =>
    DATABASES.flatMap((consumer) => {
      const types = Object.values(events)
        .filter(
          (event) => producersOf(event).includes(producer) && (event.consumers as readonly string[]).includes(consumer),
        )
        .map(({ type }) => type);
      return types.length === 0 ? [] : [{ producer, consumer, types }];
    }),
  );
}

/**
 * Settled means that everyone has said so; the inbox row is written with the effect. A settled event without it was acknowledged and
 * not applied. (Twice is impossible: the inbox's primary key.) Events from before a consumer's first one of their type are older than
 * the consumer. Outbox rows live 7 days, inbox rows 30, so each settled row that is still there must have its inbox rows.
 */
export const eventsAppliedByEachConsumer: Invariant = {
  name: 'events-applied-by-each-consumer',
  why: 'every settled event is in the inbox of each of its consumers',
  async *check(snapshot, seen) {
    for (const { producer, consumer, types } of routes()) {
      if (!isDatabase(producer) || !isDatabase(consumer)) continue;
      const unapplied = new Map<string, string[]>();
      for await (const { key, settled, inbox } of mergeByKey({
        settled: settledOf(snapshot, producer, types),
        inbox: inboxOf(snapshot, consumer),
      })) {
        const [event] = settled;
        if (event === undefined) continue;
        seen(1);
        const missed = unapplied.get(event.type) ?? [];
        if (inbox.length === 0) unapplied.set(event.type, [...missed, key]);
        else if (!unapplied.has(event.type)) unapplied.set(event.type, []);
      }
      for (const [type, ids] of unapplied) {
        for (const id of ids)
          yield { key: `${id}/${consumer}`, detail: `${type} is settled, but ${consumer} has not applied it` };
      }
    }
  },
};

const settledOf = (snapshot: Snapshot, producer: DatabaseName, types: readonly string[]): AsyncIterable<Settled> =>
  snapshot.stream<Settled>(
    producer,
    `SELECT id AS key, type FROM outbox_event WHERE settled_at IS NOT NULL AND type = ANY ($1) ORDER BY id COLLATE "C"`,
    [types],
  );

const inboxOf = (snapshot: Snapshot, consumer: DatabaseName): AsyncIterable<{ key: string }> =>
  snapshot.stream<{ key: string }>(
    consumer,
    `SELECT event_id AS key FROM processed_event WHERE consumer = $1 ORDER BY event_id COLLATE "C"`,
    [consumer],
  );
