export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number, both ends included. */
  between(low: number, high: number): number;
  pick<T>(values: readonly T[]): T;
  shuffle<T>(values: readonly T[]): T[];
  /** So many different values, in their original order. */
  take<T>(values: readonly T[], count: number): T[];
}

/** Numbers that only look random: the same for the same seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  function shuffle<T>(values: readonly T[]): T[] {
    const shuffled = [...values];
    for (let i = shuffled.length - 1; i > 0; i -= 1) {
      const j = between(0, i);
      [shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T];
    }
    return shuffled;
  }
  return {
    next,
    between,
    shuffle,
    pick(values) {
      if (values.length === 0) throw new RangeError('There is nothing to pick from');
      return values[between(0, values.length - 1)] as (typeof values)[number];
    },
    take(values, count) {
      const chosen = new Set(shuffle(values.map((_, index) => index)).slice(0, count));
      return values.filter((_, index) => chosen.has(index));
    },
  };
}
