import type { EventEnvelope } from '@souk/events';
import type {
  OrderChange,
  OrderStore,
  Placement,
  PlacementClaim,
  PlacementRefusal,
  PlacementStore,
} from '../app/ports.js';
import type { PlacedOrder } from '../domain/decidePlacement.js';
import type { Order, OrderLine, TimelineEntry } from '../domain/order.js';

/** A store whose methods do what they do at one moment: each is one statement of the real one. */
export type Sync<Store> = {
  readonly [Method in keyof Store]: Store[Method] extends (...args: infer Args) => Promise<infer Answer>
    ? (...args: Args) => Answer
    : never;
};

interface PlacementRow extends Omit<Placement, 'leaseExpired'> {
  readonly leaseUntil: number;
}

export interface OrderRow {
  readonly order: Order;
  readonly lines: readonly OrderLine[];
  readonly timeline: readonly TimelineEntry[];
}

/** What is in the tables. */
export interface OrderTables {
  readonly placements: Map<string, PlacementRow>;
  readonly orders: Map<string, OrderRow>;
  readonly inbox: Set<string>;
  /** Called with what was committed to the outbox. */
  readonly publish: (events: readonly EventEnvelope[]) => void;
  /** The database's clock. */
  readonly now: () => number;
}

/** The part of the order store that the purchase needs. */
export type CoreOrderStore = Pick<OrderStore, 'byIds' | 'forEvent' | 'overdue' | 'apply'>;

const keyOf = (scope: string, key: string): string => `${scope} ${key}`;

/** What `inbox` refuses: the real one's primary key does. */
export class DuplicateEvent extends Error {
  override readonly name = 'DuplicateEvent';
}

/** Placements in memory, by the rules of `adapters/placementStore.postgres.ts`; held to the same contract. */
export function memoryPlacements(tables: OrderTables): Sync<PlacementStore> {
  const { placements, now } = tables;
  const view = ({ leaseUntil, ...row }: PlacementRow): Placement => ({ ...row, leaseExpired: leaseUntil < now() });
  const save = (row: PlacementRow): Placement => {
    placements.set(keyOf(row.scope, row.key), row);
    return view(row);
  };
  const held = (placement: Placement, steps: readonly string[]): PlacementRow | undefined => {
    const row = [...placements.values()].find(({ orderId }) => orderId === placement.orderId);
    return row?.runToken === placement.runToken && steps.includes(row.step) ? row : undefined;
  };
  const fresh = (claim: PlacementClaim, leaseMs: number): PlacementRow => ({
    ...claim,
    step: 'RUNNING',
    leaseUntil: now() + leaseMs,
    attempts: 0,
    refusal: null,
  });
  return {
    claim(claim, leaseMs) {
      const row = placements.get(keyOf(claim.scope, claim.key));
      if (row === undefined) return save(fresh(claim, leaseMs));
      if (row.inputHash !== claim.inputHash) return view(row);
      if (row.step === 'ABANDONED') {
        const { orderId, runToken } = claim;
        return save({
          ...row,
          orderId,
          runToken,
          leaseUntil: now() + leaseMs,
          attempts: 0,
          refusal: null,
          step: 'RUNNING',
        });
      }
      if (row.step === 'RUNNING' && row.leaseUntil < now()) {
        return save({ ...row, runToken: claim.runToken, leaseUntil: now() + leaseMs, attempts: row.attempts + 1 });
      }
      return view(row);
    },
    find(scope, key) {
      const row = placements.get(keyOf(scope, key));
      return row && view(row);
    },
    commit(placement, placed: PlacedOrder, published) {
      const row = held(placement, ['RUNNING']);
      if (row === undefined) return 'LOST';
      if ([...tables.orders.values()].some(({ order }) => order.number === placed.order.number)) return 'NUMBER_TAKEN';
      save({ ...row, step: 'PLACED' });
      const lines = placed.lines as readonly OrderLine[];
      tables.orders.set(placed.order.id, { order: placed.order, lines, timeline: placed.timeline });
      tables.publish(published);
      return 'COMMITTED';
    },
    startUndo(placement, refusal, leaseMs) {
      const row = held(placement, ['RUNNING']);
      if (row === undefined) return false;
      save({ ...row, step: 'UNDOING', refusal, leaseUntil: now() + leaseMs });
      return true;
    },
    endRefused(placement, refusal: PlacementRefusal) {
      const row = held(placement, ['RUNNING', 'UNDOING']);
      if (row !== undefined) save({ ...row, step: refusal.remembered ? 'REFUSED' : 'ABANDONED', refusal });
    },
    postpone(placement, delayMs) {
      const row = held(placement, ['RUNNING', 'UNDOING']);
      if (row !== undefined) save({ ...row, leaseUntil: now() + delayMs });
    },
    takeOver(runToken, leaseMs, limit) {
      return [...placements.values()]
        .filter((row) => (row.step === 'RUNNING' || row.step === 'UNDOING') && row.leaseUntil < now())
        .sort((a, b) => a.leaseUntil - b.leaseUntil)
        .slice(0, limit)
        .map((row) => save({ ...row, runToken, leaseUntil: now() + leaseMs, attempts: row.attempts + 1 }));
    },
  };
}

/** Orders in memory, by the rules of `adapters/orderStore.postgres.ts`; held to the same contract. */
export function memoryOrders(tables: OrderTables): Sync<CoreOrderStore> {
  const { orders, inbox, now } = tables;
  return {
    byIds(ids, parts) {
      return ids.map((id) => {
        const row = orders.get(id);
        if (row === undefined) return undefined;
        return {
          ...row.order,
          ...(parts.lines ? { lines: row.lines } : {}),
          ...(parts.timeline ? { timeline: row.timeline } : {}),
        };
      });
    },
    forEvent: (orderId, eventId) => ({ order: orders.get(orderId)?.order, applied: inbox.has(eventId) }),
    overdue: (limit) =>
      [...orders.values()]
        .map(({ order }) => order)
        .filter((order) => order.status === 'PENDING_PAYMENT' && order.paymentDueAt.getTime() <= now())
        .sort((a, b) => a.paymentDueAt.getTime() - b.paymentDueAt.getTime())
        .slice(0, limit),
    apply(changes, causedBy) {
      const due = changes.filter(({ before, after }) => orders.get(after.id)?.order.version === before.version);
      if (due.length > 0 && causedBy !== undefined) {
        if (inbox.has(causedBy)) throw new DuplicateEvent(causedBy);
        inbox.add(causedBy);
      }
      for (const change of due) write(orders, change);
      tables.publish(due.flatMap(({ published }) => published));
      return new Set(due.map(({ after }) => after.id));
    },
  };
}

function write(orders: Map<string, OrderRow>, change: OrderChange): void {
  if (change.edit !== undefined) throw new Error('this store keeps no edits');
  const row = orders.get(change.after.id);
  const changed = new Map((change.lines ?? []).map((line) => [line.id, line]));
  const kept = (row?.lines ?? []).map((line) => changed.get(line.id) ?? line);
  const added = [...changed.values()].filter((line) => !kept.includes(line));
  orders.set(change.after.id, {
    order: change.after,
    lines: [...kept, ...added],
    timeline: [...(row?.timeline ?? []), ...change.timeline],
  });
}
