import { FAULT_KINDS, type FaultKind, type Scene } from './faultKinds.js';
import type { PlannedFault } from './schedule.js';

/** Brings the planned faults about while purchases go on. */
export interface Director {
  /**
   * So many purchases have begun: what is due is injected in its order, one after the other. Resolves at once, or when no more than a
   * few injections are behind, so that faults keep up with the purchases they were planned for.
   */
  progress(purchases: number): Promise<void>;
  /** Injects nothing more, waits for the injections under way, ends every fault that lasts, and calms the providers. */
  healAll(): Promise<void>;
  /** What was really done. */
  readonly injected: readonly PlannedFault[];
}

/** A fault that lasts is ended after so long at the latest: a shop that stands still would never reach the purchase that ends it. */
const LONGEST_MS = 10_000;
const MOST_BEHIND = 2;

export function createDirector(scene: Scene, plan: readonly PlannedFault[], log: (line: string) => void): Director {
  const waiting = [...plan];
  const injected: PlannedFault[] = [];
  const lasting = new Map<PlannedFault, { heal: () => Promise<void>; timer: NodeJS.Timeout }>();
  const queue: Promise<void>[] = [];
  let last = Promise.resolve();
  let isOver = false;

  async function inject(fault: PlannedFault): Promise<void> {
    if (isOver) return;
    const kind: FaultKind = FAULT_KINDS[fault.kind];
    log(`fault ${fault.number} at purchase ${fault.at}: ${fault.kind} (${fault.target})`);
    try {
      const heal = await kind.inject(scene, fault.target, fault.degree);
      injected.push(fault);
      if (heal === undefined) return;
      const end = async (): Promise<void> => {
        const running = lasting.get(fault);
        if (running === undefined) return;
        clearTimeout(running.timer);
        lasting.delete(fault);
        await heal();
      };
      const timer = setTimeout(() => void end().catch(() => undefined), LONGEST_MS);
      lasting.set(fault, { heal: end, timer });
    } catch (error) {
      // A provider that is down at this moment cannot be told to misbehave.
      log(`fault ${fault.number} could not be injected: ${error instanceof Error ? error.message : 'unknown'}`);
    }
  }

  return {
    injected,
    async progress(purchases) {
      for (const [fault, { heal }] of lasting) {
        if (fault.until <= purchases) void heal().catch(() => undefined);
      }
      while (waiting[0] !== undefined && waiting[0].at <= purchases) {
        const fault = waiting.shift() as PlannedFault;
        last = last.then(() => inject(fault)).finally(() => void queue.shift());
        queue.push(last);
      }
      while (queue.length > MOST_BEHIND) await queue[0];
    },
    async healAll() {
      isOver = true;
      await last;
      await Promise.all([...lasting.values()].map(({ heal }) => heal()));
      for (const link of scene.shop.links.values()) {
        link.slow(0);
        link.open();
      }
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await scene.providers.calm();
        } catch (error) {
          if (attempt === 60) throw error;
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
      }
    },
  };
}
