import type { Category } from './catalogue.js';

/** All categories, indexed for walking up and down. Siblings are in order of their names. */
export interface CategoryTree {
  readonly byId: ReadonlyMap<string, Category>;
  bySlug(slug: string): Category | undefined;
  children(parentId: string | null): readonly Category[];
  /** From the top down to the parent. Ends where a parent is missing, and never runs in a circle. */
  ancestors(id: string): readonly Category[];
  /** The category itself and everything below it; empty for an unknown one. */
  withDescendants(id: string): readonly string[];
}

export function categoryTree(categories: readonly Category[]): CategoryTree {
  const byId = new Map(categories.map((category) => [category.id, category]));
  const slugs = new Map(categories.map((category) => [category.slug, category]));
  const below = new Map<string | null, Category[]>();
  for (const category of [...categories].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))) {
    const siblings = below.get(category.parentId);
    if (siblings) siblings.push(category);
    else below.set(category.parentId, [category]);
  }
  const descendants = new Map<string, readonly string[]>();

  function ancestors(id: string): Category[] {
    const path: Category[] = [];
    const seen = new Set([id]);
    for (let parent = byId.get(id)?.parentId; parent && !seen.has(parent); parent = byId.get(parent)?.parentId) {
      const category = byId.get(parent);
      if (!category) break;
      seen.add(parent);
      path.unshift(category);
    }
    return path;
  }

  return {
    byId,
    bySlug: (slug) => slugs.get(slug),
    children: (parentId) => below.get(parentId) ?? [],
    ancestors,
    withDescendants(id) {
      const known = descendants.get(id);
      if (known) return known;
      const found = byId.has(id) ? new Set([id]) : new Set<string>();
      for (const each of found) for (const child of below.get(each) ?? []) found.add(child.id);
      const list = [...found];
      descendants.set(id, list);
      return list;
    },
  };
}
