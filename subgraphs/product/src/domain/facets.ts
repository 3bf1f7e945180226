import type { CategoryTree } from './categoryTree.js';
import { isSame } from './isSame.js';
import { parseFacetToken } from './searchRow.js';

export interface FacetView {
  readonly key: string;
  readonly label: string;
  readonly values: readonly {
    readonly value: string;
    readonly label: string;
    readonly count: number;
    readonly selected: boolean;
  }[];
}

/** More values than this do not help anyone to choose. */
const MAX_VALUES_PER_FACET = 50;

type Counted = readonly { readonly token: string; readonly count: number }[];
type Chosen = readonly { readonly key: string; readonly anyOf: readonly string[] }[];

const known = new WeakMap<
  Counted,
  { readonly tree: CategoryTree; readonly chosen: Chosen; readonly views: FacetView[] }
>();

/**
 * Counted facet tokens as facets: the category first, then the most common. A chosen value is always there, even with
 * count 0, so that it can be taken back. Categories that no longer exist are left out. The same counts (results are shared
 * for a moment by many requests) are converted once.
 */
export function facetViews(counted: Counted, chosen: Chosen, tree: CategoryTree): FacetView[] {
  const earlier = known.get(counted);
  if (earlier && earlier.tree === tree && isSame(earlier.chosen, chosen)) return earlier.views;
  const views = viewsOf(counted, chosen, tree);
  known.set(counted, { tree, chosen, views });
  return views;
}

function viewsOf(counted: Counted, chosen: Chosen, tree: CategoryTree): FacetView[] {
  const facets = new Map<string, Map<string, number>>();
  const valuesOf = (key: string) => {
    const values = facets.get(key) ?? new Map<string, number>();
    facets.set(key, values);
    return values;
  };
  for (const { token, count } of counted) {
    const { key, value } = parseFacetToken(token);
    valuesOf(key).set(value, count);
  }
  for (const { key, anyOf } of chosen) {
    for (const value of anyOf) if (!facets.get(key)?.has(value)) valuesOf(key).set(value, 0);
  }
  const selected = new Set(chosen.flatMap(({ key, anyOf }) => anyOf.map((value) => `${key}=${value}`)));
  const views = [...facets].map(([key, values]): FacetView => {
    const all = [...values].flatMap(([value, count]) => {
      const label = key === 'category' ? tree.byId.get(value)?.name : value;
      return label === undefined ? [] : [{ value, label, count, selected: selected.has(`${key}=${value}`) }];
    });
    all.sort((a, b) => Number(b.selected) - Number(a.selected) || b.count - a.count || (a.label < b.label ? -1 : 1));
    return { key, label: labelOf(key), values: all.slice(0, MAX_VALUES_PER_FACET) };
  });
  const weight = (view: FacetView) =>
    view.key === 'category' ? Infinity : view.values.reduce((sum, { count }) => sum + count, 0);
  return views
    .filter((view) => view.values.length > 0)
    .sort((a, b) => (weight(b) === weight(a) ? (a.key < b.key ? -1 : 1) : weight(b) - weight(a)));
}

/** "water resistance" → "Water resistance". */
function labelOf(key: string): string {
  const text = key.replace(/[_-]+/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
