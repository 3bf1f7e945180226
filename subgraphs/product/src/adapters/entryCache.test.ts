import { describe, expect, test } from '@jest/globals';
import { createEntryCache } from './entryCache.js';

function fixture(maxEntries = 3) {
  let now = 1_000;
  const store = new Map<string, number>([
    ['a', 1],
    ['b', 2],
    ['c', 3],
    ['d', 4],
  ]);
  const loads: string[][] = [];
  const cache = createEntryCache<number>({ maxEntries, maxAgeMs: () => 100, now: () => now });
  const load = async (missing: readonly string[]) => {
    loads.push([...missing]);
    const found = new Map(missing.flatMap((key) => (store.has(key) ? [[key, store.get(key) as number]] : [])));
    await Promise.resolve();
    return found;
  };
  return {
    store,
    loads,
    cache,
    get: async (...keys: string[]) => Object.fromEntries(await cache.getMany(keys, load)),
    wait: (ms: number) => {
      now += ms;
    },
  };
}

describe('a cache', () => {
  test('loads what is missing together, and only that', async () => {
    const { get, loads } = fixture();
    expect(await get('a', 'b', 'none', 'a')).toEqual({ a: 1, b: 2 });
    expect(await get('b', 'c')).toEqual({ b: 2, c: 3 });
    expect(loads).toEqual([['a', 'b', 'none'], ['c']]);
  });

  test('answers nothing that is older than its age', async () => {
    const { get, wait, store } = fixture();
    await get('a');
    store.set('a', 9);
    wait(99);
    expect(await get('a')).toEqual({ a: 1 });
    wait(1);
    expect(await get('a')).toEqual({ a: 9 });
  });

  test('shares one load between all who ask meanwhile', async () => {
    const { get, loads } = fixture();
    expect(await Promise.all([get('a'), get('a', 'b'), get('a')])).toEqual([{ a: 1 }, { a: 1, b: 2 }, { a: 1 }]);
    expect(loads).toEqual([['a'], ['b']]);
  });

  test('forgets what changed, also when it was being loaded at that moment', async () => {
    const { get, cache, store, loads } = fixture();
    await get('a');
    store.set('a', 5);
    cache.drop(['a']);
    expect(await get('a')).toEqual({ a: 5 });

    const early = get('b');
    store.set('b', 7);
    cache.drop(['b']);
    expect(await early).toEqual({ b: 2 });
    expect(await get('b')).toEqual({ b: 7 });
    expect(loads).toEqual([['a'], ['a'], ['b'], ['b']]);
  });

  test('keeps what was found otherwise, but not what changed at that moment', async () => {
    const { get, cache, store, loads } = fixture();
    const find = async () => {
      const found = new Map([['c', store.get('c') as number]]);
      await Promise.resolve();
      return found;
    };
    expect(await cache.keep(find)).toEqual(new Map([['c', 3]]));
    expect(await get('c')).toEqual({ c: 3 });
    expect(loads).toEqual([]);

    const early = cache.keep(find);
    store.set('c', 8);
    cache.drop(['c']);
    expect(await early).toEqual(new Map([['c', 3]]));
    expect(await get('c')).toEqual({ c: 8 });
  });

  test('keeps a failed load from nobody, and no more entries than it may', async () => {
    const { get, cache, loads } = fixture(2);
    await expect(cache.getMany(['a'], () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    await get('a');
    await get('b');
    await get('c');
    await get('a');
    expect(loads).toEqual([['a'], ['b'], ['c'], ['a']]);
  });
});
