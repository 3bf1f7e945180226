import { type Collection, type Entry, findEntries, viewOf } from '../collection.js';
import { CommandError } from '../errors.js';
import type { Filter } from '../filter.js';
import { sortBy } from '../sort.js';
import { canonicalKey, type Doc, isDocument } from '../values.js';

interface Selection {
  readonly filter: Filter;
  readonly sort?: unknown;
  readonly skip?: number | undefined;
  /** 0 and undefined: no limit. */
  readonly limit?: number | undefined;
  readonly hint?: unknown;
}

/** The entries that a read or a write is about, in MongoDB's order: filter, sort, skip, limit. */
export function select(
  collection: Collection | undefined,
  { filter, sort, skip = 0, limit = 0, hint }: Selection,
): Entry[] {
  if (!collection) return [];
  if (hint !== undefined) refuseUnknownHint(collection, hint);
  const end = limit > 0 ? skip + limit : Number.POSITIVE_INFINITY;
  if (!isDocument(sort) || Object.keys(sort).length === 0) return findEntries(collection, filter, end).slice(skip);
  const found = findEntries(collection, filter);
  if ('$natural' in sort) {
    const natural = found.sort((a, b) => a.sequence - b.sequence);
    return (sort.$natural === -1 ? natural.reverse() : natural).slice(skip, end);
  }
  return sortBy(found, sort, viewOf).slice(skip, end);
}

function refuseUnknownHint({ indexes }: Collection, hint: unknown): void {
  if (isDocument(hint) && ('_id' in hint || '$natural' in hint)) return;
  const wanted = (key: Doc): boolean => isDocument(hint) && canonicalKey(key) === canonicalKey(hint);
  const isKnown = hint === '_id_' || [...indexes.values()].some(({ spec }) => spec.name === hint || wanted(spec.key));
  if (!isKnown) {
    throw new CommandError(
      'BadValue',
      'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
    );
  }
}
