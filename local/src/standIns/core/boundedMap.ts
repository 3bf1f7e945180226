/** What keeps a collection small. */
export interface Bounds<V> {
  /** Most entries kept. */
  readonly entries: number;
  /** Most weight kept (any unit, e.g. characters); needs `weigh`. */
  readonly weight?: number;
  readonly weigh?: (value: V) => number;
  /** Entries for which this is false are never evicted (e.g. a webhook that has not been delivered yet). */
  readonly evictable?: (value: V) => boolean;
}

/** A map in order of insertion that evicts its oldest entries. */
export interface BoundedMap<V> {
  get(id: string): V | undefined;
  has(id: string): boolean;
  /** Inserts, or replaces without changing the position. */
  put(id: string, value: V): void;
  /** Oldest first. */
  values(): IterableIterator<V>;
  /** Newest first. */
  newestFirst(): V[];
  clear(): void;
  readonly size: number;
  /** Whether it is so full that its oldest entries may be gone. True before the first one is. */
  readonly mayHaveForgotten: boolean;
}

/** So full is it when it may have forgotten: evicting leaves it fuller than that, unless one entry is a tenth of it all. */
const NEARLY_FULL = 0.9;

/** How many entries that may not be evicted are skipped before the map is allowed to grow. */
const LOOK_AHEAD = 200;

/** Creates a map within `bounds`. Memory is bounded as long as entries become evictable at some time. */
export function createBoundedMap<V>(bounds: Bounds<V>): BoundedMap<V> {
  const entries = new Map<string, V>();
  const weigh = bounds.weigh ?? (() => 0);
  const maxWeight = bounds.weight ?? Number.POSITIVE_INFINITY;
  let weight = 0;

  const evictOne = (): boolean => {
    let seen = 0;
    for (const [id, value] of entries) {
      if (bounds.evictable === undefined || bounds.evictable(value)) {
        entries.delete(id);
        weight -= weigh(value);
        return true;
      }
      seen += 1;
      if (seen >= LOOK_AHEAD) return false;
    }
    return false;
  };

  return {
    get: (id) => entries.get(id),
    has: (id) => entries.has(id),
    put(id, value) {
      const before = entries.get(id);
      if (before !== undefined) weight -= weigh(before);
      entries.set(id, value);
      weight += weigh(value);
      while (entries.size > 1 && (entries.size > bounds.entries || weight > maxWeight)) {
        if (!evictOne()) break;
      }
    },
    values: () => entries.values(),
    newestFirst: () => [...entries.values()].reverse(),
    clear() {
      entries.clear();
      weight = 0;
    },
    get size() {
      return entries.size;
    },
    get mayHaveForgotten() {
      return entries.size >= bounds.entries * NEARLY_FULL || weight >= maxWeight * NEARLY_FULL;
    },
  };
}
