import { gather } from '@souk/runtime';
import type { ClaimedDelivery, DeliveryStore, NewDeliveries } from '../app/ports.js';

/** What is written waits this long for others, so that they are one statement; nobody waits for a mail so short a time. */
const GATHER_MS = 20;
const AT_MOST = 50;

/** The store's writes of events that come together, as one statement each: the deliveries to make, and what became of them. */
export function gatherWrites(store: DeliveryStore): Pick<DeliveryStore, 'record' | 'finish'> {
  const record = gather<{ told: NewDeliveries; leaseMs: number }, readonly ClaimedDelivery[]>({
    windowMs: GATHER_MS,
    max: AT_MOST,
    async work(wanted) {
      const leaseMs = Math.max(...wanted.map((one) => one.leaseMs));
      const claimed = new Map<string, ClaimedDelivery[]>();
      const recorded = await store.record(
        wanted.map(({ told }) => told),
        leaseMs,
      );
      for (const delivery of recorded) {
        const others = claimed.get(delivery.eventId);
        if (others === undefined) claimed.set(delivery.eventId, [delivery]);
        else others.push(delivery);
      }
      return wanted.map(({ told }) => {
        const mine = claimed.get(told.event.id) ?? [];
        // an event that is here twice was claimed once
        claimed.delete(told.event.id);
        return mine;
      });
    },
  });
  const finish = gather<Parameters<DeliveryStore['finish']>[0], void>({
    windowMs: GATHER_MS,
    max: AT_MOST,
    async work(outcomes) {
      await store.finish(outcomes.flat());
      return outcomes.map(() => undefined);
    },
  });
  return {
    record: async (all, leaseMs) => (await Promise.all(all.map((told) => record({ told, leaseMs })))).flat(),
    finish,
  };
}
