import { monotonicMs } from '@souk/runtime';
import type { Placement, PlacementStore } from './ports.js';
import { PLACEMENT_LEASE_MS, type PlacementOutcome } from './runPlacement.js';

type Run = (placement: Placement) => Promise<PlacementOutcome>;

/** A run that is younger than this has most of its lease before it. */
const RENEW_AFTER_MS = 1_000;
/** All calls of a run are bounded; one that takes longer than this hangs, and another process may try. */
const LONGEST_RUN_MS = 10_000;

/**
 * Keeps the leases of the placements that this process is running, so that a lease can be short: a run that is slow keeps its placement, and
 * the placement of a process that died is taken over within seconds. Costs nothing for the runs that are quick.
 */
export function keepLeases(placements: Pick<PlacementStore, 'postpone'>) {
  const running = new Map<Placement, number>();
  return {
    kept:
      (run: Run): Run =>
      async (placement) => {
        running.set(placement, monotonicMs());
        try {
          return await run(placement);
        } finally {
          running.delete(placement);
        }
      },
    /** One round: renews what has been running for a while. To be called about every second. */
    async renew(): Promise<void> {
      const now = monotonicMs();
      const slow = [...running].filter(([, since]) => now - since >= RENEW_AFTER_MS && now - since < LONGEST_RUN_MS);
      await Promise.all(slow.map(([placement]) => placements.postpone(placement, PLACEMENT_LEASE_MS)));
    },
  };
}
