import { CommandError } from './errors.js';
import { compareValues, type Doc, elementsOf, isDocument, numericOf, printValue, valuesAt } from './values.js';

interface SortField {
  readonly parts: readonly string[];
  readonly direction: 1 | -1;
}

function parseSort(spec: unknown): SortField[] {
  if (!isDocument(spec)) throw new CommandError('TypeMismatch', `Expected field sort to be of type object`);
  return Object.entries(spec).map(([path, direction]) => {
    const number = numericOf(direction);
    if (number !== 1 && number !== -1) {
      throw new CommandError('BadValue', `Illegal key in $sort specification: ${path}: ${printValue(direction)}`);
    }
    return { parts: path.split('.'), direction: number };
  });
}

/** MongoDB sorts an array by its smallest element when ascending, by its largest when descending. */
function sortKey(view: Doc, { parts, direction }: SortField): unknown {
  let best: unknown;
  let found = false;
  for (const value of valuesAt(view, parts)) {
    for (const candidate of elementsOf(value)) {
      if (!found || compareValues(candidate, best) * direction < 0) best = candidate;
      found = true;
    }
  }
  return best;
}

/**
 * A stable sort in MongoDB's order of types and values. Keys are computed once per document.
 * `viewOf` gives the document of an item. Throws CommandError for anything but ascending and descending fields.
 */
export function sortBy<T>(items: readonly T[], spec: unknown, viewOf: (item: T) => Doc): T[] {
  const fields = parseSort(spec);
  if (fields.length === 0) return [...items];
  const keyed = items.map((item) => {
    const view = viewOf(item);
    return { item, keys: fields.map((field) => sortKey(view, field)) };
  });
  keyed.sort((a, b) => {
    for (const [i, field] of fields.entries()) {
      const comparison = compareValues(a.keys[i], b.keys[i]) * field.direction;
      if (comparison !== 0) return comparison;
    }
    return 0;
  });
  return keyed.map(({ item }) => item);
}

export const sortDocuments = (documents: readonly Doc[], spec: unknown): Doc[] =>
  sortBy(documents, spec, (view) => view);
