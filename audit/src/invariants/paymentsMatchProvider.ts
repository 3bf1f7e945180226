import type { Invariant } from '../invariant.js';
import { compareWithProvider } from '../providers/compareWithProvider.js';

/** The provider holds the money: where our books differ from its, ours are wrong. */
export const paymentsMatchProvider: Invariant = {
  name: 'payments-match-provider',
  why: 'each payment has captured and given back what the provider says it has',
  async *check(snapshot, seen) {
    const { compared, differences } = await compareWithProvider(snapshot);
    seen(compared);
    yield* differences;
  },
};
