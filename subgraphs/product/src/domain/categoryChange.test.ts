import { describe, expect, test } from '@jest/globals';
import type { Category } from './catalogue.js';
import { createCategory, MAX_CATEGORY_DEPTH, updateCategory } from './categoryChange.js';
import { categoryTree } from './categoryTree.js';

const NOW = new Date('2026-11-22T10:00:00.000Z');
const of = (id: string, parentId: string | null): Category => ({
  id,
  slug: id,
  name: id.toUpperCase(),
  description: null,
  parentId,
  createdAt: NOW,
  updatedAt: NOW,
});
const all = [of('a', null), of('b', 'a'), of('c', 'b'), of('d', null)];
const tree = categoryTree(all);

describe('a tree', () => {
  test('knows its ways up and down', () => {
    expect(tree.ancestors('c').map(({ id }) => id)).toEqual(['a', 'b']);
    expect(tree.withDescendants('a')).toEqual(['a', 'b', 'c']);
    expect(tree.withDescendants('none')).toEqual([]);
    expect(tree.children(null).map(({ id }) => id)).toEqual(['a', 'd']);
  });

  test('that is damaged does not loop', () => {
    const ring = categoryTree([of('x', 'y'), of('y', 'x'), of('z', 'gone')]);
    expect(ring.ancestors('x').map(({ id }) => id)).toEqual(['y']);
    expect(ring.withDescendants('x')).toEqual(['x', 'y']);
    expect(ring.ancestors('z')).toEqual([]);
  });
});

describe('a move', () => {
  test.each(['a', 'b', 'c'])('of a below %s would be a cycle', (parentId) => {
    expect(updateCategory(tree, all[0] as Category, { parentId }, NOW)).toEqual({
      ok: false,
      errors: [{ code: 'CATEGORY_CYCLE', field: ['parentId'] }],
    });
  });

  test('to another branch, or to the top, is one changed field', () => {
    expect(updateCategory(tree, all[1] as Category, { parentId: 'd' }, NOW)).toEqual({
      ok: true,
      value: { ...all[1], parentId: 'd' },
    });
    expect(updateCategory(tree, all[1] as Category, { parentId: null }, NOW)).toMatchObject({
      value: { parentId: null },
    });
  });

  test('may not make the tree too deep, counting what comes along', () => {
    const chain = Array.from({ length: MAX_CATEGORY_DEPTH - 1 }, (_, i) => of(`n${i}`, i === 0 ? null : `n${i - 1}`));
    const deep = categoryTree([...chain, ...all]);
    const bottom = `n${MAX_CATEGORY_DEPTH - 2}`;
    expect(updateCategory(deep, all[3] as Category, { parentId: bottom }, NOW).ok).toBe(true);
    expect(updateCategory(deep, all[1] as Category, { parentId: bottom }, NOW)).toMatchObject({
      errors: [{ code: 'INVALID', field: ['parentId'] }],
    });
  });
});

test('a new category needs a name, a free slug and a parent that exists', () => {
  expect(createCategory(tree, 'e', {}, NOW)).toMatchObject({ errors: [{ code: 'REQUIRED' }] });
  expect(createCategory(tree, 'e', { name: 'New', slug: 'a', parentId: 'none' }, NOW)).toMatchObject({
    errors: [{ code: 'SLUG_TAKEN' }, { code: 'NOT_FOUND' }],
  });
  expect(createCategory(tree, 'e', { name: 'Über uns', parentId: 'a' }, NOW)).toMatchObject({
    value: { slug: 'uber-uns', parentId: 'a' },
  });
});
