import type { Invariant } from '../invariant.js';
import { compareWithProvider } from '../providers/compareWithProvider.js';

/** Two intents that can be paid for one purpose are two charges for one thing. */
export const oneLiveIntentPerPurpose: Invariant = {
  name: 'one-live-intent-per-purpose',
  why: 'at the provider there is no intent of ours that can be paid, or was, beside the one that its payment knows',
  async *check(snapshot, seen) {
    const { compared, strays } = await compareWithProvider(snapshot);
    seen(compared);
    yield* strays;
  },
};
