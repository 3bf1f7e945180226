import { CommandError } from './errors.js';
import type { Filter } from './filter.js';
import {
  addToIndex,
  createIndex,
  duplicateKey,
  entriesWith,
  type Index,
  type IndexSpec,
  refuseDuplicates,
  removeFromIndex,
} from './indexes.js';
import { canonicalKey, compareValues, type Doc, decodeView } from './values.js';

/** A stored document. The bytes are the truth; the view is decoded when a condition first needs it. */
export interface Entry {
  readonly idKey: string;
  /** Order of insertion, which is the natural order of the collection. */
  readonly sequence: number;
  bytes: Uint8Array;
  view: Doc | undefined;
}

export interface Collection {
  readonly db: string;
  readonly name: string;
  /** `<database>.<collection>` */
  readonly ns: string;
  /** By canonical _id, in natural order. */
  readonly entries: Map<string, Entry>;
  readonly indexes: Map<string, Index<Entry>>;
  nextSequence: number;
  /** Bytes of all documents. */
  liveBytes: number;
}

const ID_INDEX = { name: '_id_', key: { _id: 1 } } as const;

export function createCollection(db: string, name: string): Collection {
  return { db, name, ns: `${db}.${name}`, entries: new Map(), indexes: new Map(), nextSequence: 0, liveBytes: 0 };
}

/** The document for reading only: whoever changes it changes the collection. */
export function viewOf(entry: Entry): Doc {
  entry.view ??= decodeView(entry.bytes);
  return entry.view;
}

/** Adds a document, or throws DuplicateKey and changes nothing. Keeps `bytes`: they must not be changed afterwards. */
export function insertEntry(collection: Collection, bytes: Uint8Array): void {
  const view = decodeView(bytes);
  const idKey = canonicalKey(view._id);
  if (collection.entries.has(idKey)) throw duplicateKey(collection.ns, ID_INDEX, [view._id]);
  for (const index of collection.indexes.values()) refuseDuplicates(index, collection.ns, view);
  const entry: Entry = { idKey, sequence: collection.nextSequence++, bytes, view: undefined };
  collection.entries.set(idKey, entry);
  collection.liveBytes += bytes.length;
  for (const index of collection.indexes.values()) addToIndex(index, entry, view);
}

/** Replaces a document by another one with the same _id, or throws DuplicateKey and changes nothing. */
export function replaceEntry(collection: Collection, entry: Entry, bytes: Uint8Array): void {
  if (collection.indexes.size > 0) {
    const [before, after] = [viewOf(entry), decodeView(bytes)];
    for (const index of collection.indexes.values()) refuseDuplicates(index, collection.ns, after, entry);
    for (const index of collection.indexes.values()) {
      removeFromIndex(index, entry, before);
      addToIndex(index, entry, after);
    }
  }
  collection.liveBytes += bytes.length - entry.bytes.length;
  entry.bytes = bytes;
  entry.view = undefined;
}

export function removeEntry(collection: Collection, entry: Entry): void {
  for (const index of collection.indexes.values()) removeFromIndex(index, entry, viewOf(entry));
  collection.entries.delete(entry.idKey);
  collection.liveBytes -= entry.bytes.length;
}

/** Builds an index over what is there, or throws DuplicateKey and adds none. */
export function buildIndex(collection: Collection, spec: IndexSpec): void {
  const index = createIndex<Entry>(spec);
  for (const entry of collection.entries.values()) {
    const view = entry.view ?? decodeView(entry.bytes);
    try {
      refuseDuplicates(index, collection.ns, view);
    } catch (error) {
      if (!(error instanceof CommandError) || error.codeName !== 'DuplicateKey') throw error;
      throw new CommandError(
        'DuplicateKey',
        `Index build failed: Collection ${collection.ns} :: caused by :: ${error.message}`,
        error.details,
      );
    }
    addToIndex(index, entry, view);
  }
  collection.indexes.set(spec.name, index);
}

/**
 * The matching entries: in natural order, or in the order of the index when one served the filter (as MongoDB does).
 * Uses the index with the fewest candidates; `limit` stops the search early.
 */
export function findEntries(collection: Collection, filter: Filter, limit: number = Number.POSITIVE_INFINITY): Entry[] {
  const candidates = indexedCandidates(collection, filter);
  const source = candidates ?? collection.entries.values();
  const needsTest = candidates === undefined || !filter.isOneEquality;
  const found: Entry[] = [];
  for (const entry of source) {
    if (found.length >= limit) break;
    if (!needsTest || filter.test(viewOf(entry))) found.push(entry);
  }
  return found;
}

function indexedCandidates(collection: Collection, filter: Filter): Entry[] | undefined {
  let best: Entry[] | undefined;
  for (const { path, values } of filter.equalities) {
    const lookup = lookupFor(collection, path);
    if (!lookup) continue;
    const ordered = values.length > 1 ? [...values].sort(compareValues) : values;
    const found = new Set<Entry>();
    for (const value of ordered) for (const entry of lookup(value)) found.add(entry);
    if (best === undefined || found.size < best.length) best = [...found];
    if (path === '_id') break;
  }
  return best;
}

type Lookup = (value: unknown) => Iterable<Entry>;

function lookupFor(collection: Collection, path: string): Lookup | undefined {
  if (path === '_id') {
    return (value) => {
      const entry = collection.entries.get(canonicalKey(value));
      return entry ? [entry] : [];
    };
  }
  for (const index of collection.indexes.values()) {
    if (index.leadingPath !== path || index.partial) continue;
    return (value) => {
      const held = [...entriesWith(index, value)];
      return held.length > 1 ? held.sort((a, b) => a.sequence - b.sequence) : held;
    };
  }
  return undefined;
}
