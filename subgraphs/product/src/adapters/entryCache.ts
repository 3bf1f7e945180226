/** Entries by key, bounded in number and age. Values that are being loaded are shared by those who ask meanwhile. */
export interface EntryCache<V> {
  /** The values of `keys` that exist; those not at hand are loaded together by one call of `load`. */
  getMany(
    keys: readonly string[],
    load: (missing: readonly string[]) => Promise<ReadonlyMap<string, V>>,
  ): Promise<Map<string, V>>;
  /** Keeps what `load` finds otherwise than by these keys, and answers it. */
  keep(load: () => Promise<ReadonlyMap<string, V>>): Promise<ReadonlyMap<string, V>>;
  /** Forgets these keys. A load that is under way was perhaps too early to see the change: its values are not kept. */
  drop(keys: readonly string[]): void;
  clear(): void;
}

export function createEntryCache<V>(o: {
  readonly maxEntries: number;
  /** Asked at each read, as it may depend on how well invalidation works at the moment. */
  readonly maxAgeMs: () => number;
  readonly now?: () => number;
}): EntryCache<V> {
  const now = o.now ?? Date.now;
  const entries = new Map<string, { readonly value: V; readonly at: number }>();
  const loading = new Map<string, Promise<ReadonlyMap<string, V>>>();
  let generation = 0;

  function put(key: string, value: V, at: number): void {
    entries.delete(key);
    if (entries.size >= o.maxEntries) {
      const oldest = entries.keys().next();
      if (!oldest.done) entries.delete(oldest.value);
    }
    entries.set(key, { value, at });
  }

  async function keep(load: () => Promise<ReadonlyMap<string, V>>): Promise<ReadonlyMap<string, V>> {
    const begun = generation;
    const at = now();
    const values = await load();
    if (begun === generation) for (const [key, value] of values) put(key, value, at);
    return values;
  }

  function start(keys: readonly string[], load: (missing: readonly string[]) => Promise<ReadonlyMap<string, V>>) {
    const flight = keep(() => load(keys)).finally(() => {
      for (const key of keys) if (loading.get(key) === flight) loading.delete(key);
    });
    for (const key of keys) loading.set(key, flight);
    return flight;
  }

  return {
    async getMany(keys, load) {
      const found = new Map<string, V>();
      const oldest = now() - o.maxAgeMs();
      const waiting = new Map<string, Promise<ReadonlyMap<string, V>>>();
      const missing: string[] = [];
      for (const key of new Set(keys)) {
        const entry = entries.get(key);
        const flight = loading.get(key);
        if (entry && entry.at > oldest) found.set(key, entry.value);
        else if (flight) waiting.set(key, flight);
        else missing.push(key);
      }
      const started = missing.length > 0 ? start(missing, load) : undefined;
      for (const key of missing) if (started) waiting.set(key, started);
      for (const [key, flight] of waiting) {
        const value = (await flight).get(key);
        if (value !== undefined) found.set(key, value);
      }
      return found;
    },
    keep,
    drop(keys) {
      generation += 1;
      for (const key of keys) {
        entries.delete(key);
        loading.delete(key);
      }
    },
    clear() {
      generation += 1;
      entries.clear();
      loading.clear();
    },
  };
}
