import { createRandom } from '@souk/local/demoData/random';
import type { ProcessName } from '@souk/local/stack/names';
import { FAULT_KINDS, type FaultKind, type FaultName } from './faultKinds.js';

/** A fault of a run: when it begins and ends, counted in purchases that have begun. */
export interface PlannedFault {
  readonly number: number;
  readonly kind: FaultName;
  readonly target: ProcessName;
  readonly at: number;
  /** The same as `at` for an instant one. */
  readonly until: number;
  readonly degree: number;
}

const PURCHASES_PER_FAULT = 8;
/** The first purchases go undisturbed, so that there is something to disturb. */
const CALM = 4;

/**
 * The faults of a run of so many purchases, in their order. The same seed gives the same ones, counted in purchases and not in
 * seconds, so that a run can be replayed on a slower machine. Each kind comes once before any comes a second time by its weight.
 */
export function planFaults(seed: number, purchases: number): PlannedFault[] {
  const random = createRandom(seed);
  const names = Object.keys(FAULT_KINDS) as FaultName[];
  const count = Math.max(1, Math.floor((purchases - CALM) / PURCHASES_PER_FAULT));
  const kinds: FaultName[] = random.shuffle(names).slice(0, count);
  const weights = names.reduce((sum, name) => sum + FAULT_KINDS[name].weight, 0);
  while (kinds.length < count) {
    let at = random.next() * weights;
    const name = names.find((one) => {
      at -= FAULT_KINDS[one].weight;
      return at < 0;
    });
    kinds.push(name ?? 'kill -9 of a service');
  }
  return kinds
    .map((kind) => ({ kind, at: random.between(CALM, purchases - 1) }))
    .sort((a, b) => a.at - b.at)
    .map(({ kind, at }, index) => {
      const { targets, lasts }: FaultKind = FAULT_KINDS[kind];
      const [low, high] = lasts ?? [0, 0];
      const until = at + random.between(low, high);
      return { number: index + 1, kind, target: random.pick(targets), at, until, degree: random.next() };
    });
}
