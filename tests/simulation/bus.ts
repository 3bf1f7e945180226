import { type EventEnvelope, eventDefinition } from '@souk/events';
import type { World } from './world.js';

interface OutboxRow {
  readonly event: EventEnvelope;
  readonly pending: Set<string>;
  sends: number;
}

/** Applies an event in some process of the consumer; resolves when that process has acknowledged it. */
export type Deliver = (event: EventEnvelope) => Promise<void>;

const RESEND_MS = 10_000;
const RESEND_MAX_MS = 120_000;

/** Outboxes, relays and queues: what was committed arrives at each consumer at least once, late, twice and in any order. */
export function eventBus(world: World, consumers: ReadonlyMap<string, Deliver>) {
  const rows: OutboxRow[] = [];

  function deliver(row: OutboxRow, consumer: string): void {
    const apply = consumers.get(consumer);
    if (apply === undefined) throw new Error(`nobody simulates ${consumer}, which consumes ${row.event.type}`);
    const copies = world.hostile && world.random.chance(world.hostility.duplicate) ? 2 : 1;
    if (copies === 2) world.faults.duplicated += 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (world.hostile && world.random.chance(world.hostility.loss)) {
        world.faults.lost += 1;
        continue;
      }
      world.at(world.latencyMs(), () => {
        const event = JSON.parse(JSON.stringify(row.event)) as EventEnvelope;
        world.log(`${consumer} is given ${event.type} of ${event.aggregateId}`);
        apply(event).then(
          () => {
            if (world.hostile && world.random.chance(world.hostility.loss)) return;
            world.at(world.latencyMs(), () => row.pending.delete(consumer));
          },
          (error: unknown) => world.log(`${consumer} could not apply ${event.type}: ${String(error)}`),
        );
      });
    }
  }

  function send(row: OutboxRow): void {
    if (row.pending.size === 0) return;
    for (const consumer of row.pending) deliver(row, consumer);
    row.sends += 1;
    world.at(Math.min(RESEND_MS * 2 ** Math.min(row.sends - 1, 10), RESEND_MAX_MS), () => send(row));
  }

  return {
    rows,
    publish(events: readonly EventEnvelope[]): void {
      for (const event of events) {
        const consumer = eventDefinition(event.type)?.consumers ?? [];
        const row: OutboxRow = { event, pending: new Set(consumer), sends: 0 };
        rows.push(row);
        world.at(world.latencyMs(), () => send(row));
      }
    },
    isSettled: (): boolean => rows.every(({ pending }) => pending.size === 0),
  };
}

export type EventBus = ReturnType<typeof eventBus>;
