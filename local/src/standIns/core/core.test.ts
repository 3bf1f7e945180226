import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createBoundedMap } from './boundedMap.js';
import { canonicalForm, parseForm } from './form.js';
import { openJournal } from './journal.js';

describe('form', () => {
  test('nested keys, lists and escapes come out as they went in', () => {
    expect(parseForm('a=1&b[c]=x+y&b[d][e]=%5Bz%5D&list[0]=p&list[1]=q&tags[]=r&tags[]=s&empty=')).toEqual({
      a: '1',
      b: { c: 'x y', d: { e: '[z]' } },
      list: ['p', 'q'],
      tags: ['r', 's'],
      empty: '',
    });
  });

  test('hostile keys neither pollute prototypes nor recurse without end', () => {
    const form = parseForm(
      `__proto__[polluted]=1&constructor[prototype][polluted]=1&a${'[x]'.repeat(5_000)}=1&%E0%A4%A=1`,
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(form.a).toBeUndefined();
  });

  test('the order of parameters and their encoding do not matter for comparing', () => {
    expect(canonicalForm('b=2&a[x]=1')).toBe(canonicalForm('a%5Bx%5D=1&b=2'));
    expect(canonicalForm('a=1')).not.toBe(canonicalForm('a=2'));
  });
});

describe('bounded map', () => {
  const ids = (map: { values(): Iterable<{ id: string }> }) => [...map.values()].map((it) => it.id);

  test('forgets the oldest, and a replaced entry keeps its age', () => {
    const map = createBoundedMap<{ id: string }>({ entries: 2 });
    for (const id of ['a', 'b', 'a', 'c']) map.put(id, { id });
    expect(ids(map)).toEqual(['b', 'c']);
  });

  test('tells that it may have forgotten before it does, and not as long as there is room', () => {
    const map = createBoundedMap<{ id: string; weight: number }>({
      entries: 20,
      weight: 200,
      weigh: (it) => it.weight,
    });
    for (let n = 0; n < 17; n += 1) map.put(`a${n}`, { id: `a${n}`, weight: 1 });
    expect(map.mayHaveForgotten).toBe(false);
    map.put('heavy', { id: 'heavy', weight: 165 });
    expect(map.mayHaveForgotten).toBe(true);
    expect(map.has('a0')).toBe(true);
    map.clear();
    expect(map.mayHaveForgotten).toBe(false);
    for (let n = 0; n < 100; n += 1) {
      map.put(`b${n}`, { id: `b${n}`, weight: 1 });
      if (!map.has('b0')) expect(map.mayHaveForgotten).toBe(true);
    }
    expect(map.has('b0')).toBe(false);
  });

  test('never forgets what must stay, and keeps within a weight', () => {
    const map = createBoundedMap<{ id: string; weight: number }>({
      entries: 10,
      weight: 10,
      weigh: (it) => it.weight,
      evictable: (it) => it.id !== 'a',
    });
    for (const id of ['a', 'b', 'c']) map.put(id, { id, weight: 4 });
    expect(ids(map)).toEqual(['a', 'c']);
    map.put('c', { id: 'c', weight: 1 });
    map.put('d', { id: 'd', weight: 5 });
    expect(ids(map)).toEqual(['a', 'c', 'd']);
  });
});

describe('journal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('replays in order, across chunks, and goes on after a rewrite', () => {
    const file = join(folder, 'a.jsonl');
    const written = Array.from({ length: 300 }, (_, n) => ({ n, text: 'ü'.repeat(400) }));
    const journal = openJournal(file, () => undefined);
    for (const entry of written) journal.append(entry);
    journal.close();
    const replayed: unknown[] = [];
    const again = openJournal(file, (entry) => replayed.push(entry));
    expect(replayed).toEqual(written);
    again.rewrite([{ only: 1 }]);
    again.append({ more: 2 });
    again.close();
    expect(readFileSync(file, 'utf8')).toBe('{"only":1}\n{"more":2}\n');
  });
});
