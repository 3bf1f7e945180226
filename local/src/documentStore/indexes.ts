import { CommandError } from './errors.js';
import { compileFilter, type Filter } from './filter.js';
import { canonicalKey, type Doc, EMPTY_ARRAY, elementsOf, isDocument, printValue, valuesAt } from './values.js';

export interface IndexSpec {
  readonly name: string;
  readonly key: Readonly<Record<string, 1 | -1>>;
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly partialFilterExpression: Doc | undefined;
}

type Buckets<Entry> = Map<string, Entry | Set<Entry>>;

/** A hash index: whole keys for uniqueness, leading field for equality and $in. Kept in memory, rebuilt at start. */
export interface Index<Entry> {
  readonly spec: IndexSpec;
  readonly leadingPath: string;
  readonly fields: ReadonlyArray<readonly string[]>;
  readonly partial: Filter | undefined;
  readonly whole: Buckets<Entry>;
  readonly leading: Buckets<Entry>;
}

interface IndexKeys {
  readonly whole: ReadonlyMap<string, readonly unknown[]>;
  readonly leading: ReadonlySet<string>;
}

export function createIndex<Entry>(spec: IndexSpec): Index<Entry> {
  const paths = Object.keys(spec.key);
  return {
    spec,
    leadingPath: paths[0] as string,
    fields: paths.map((path) => path.split('.')),
    partial: spec.partialFilterExpression && compileFilter(spec.partialFilterExpression),
    whole: new Map(),
    leading: new Map(),
  };
}

/** The distinct values that one field of a document puts into an index: an array counts by its elements. */
function fieldKeys(view: Doc, parts: readonly string[]): { keys: Map<string, unknown>; isMissing: boolean } {
  const values = valuesAt(view, parts);
  const keys = new Map<string, unknown>();
  for (const value of values.length === 0 ? [undefined] : values) {
    for (const element of elementsOf(value)) keys.set(canonicalKey(element), element);
  }
  return { keys, isMissing: values.every((value) => value === undefined) };
}

function keysOf<Entry>(index: Index<Entry>, view: Doc): IndexKeys {
  const nothing: IndexKeys = { whole: new Map(), leading: new Set() };
  if (index.partial && !index.partial.test(view)) return nothing;
  const fields = index.fields.map((parts) => fieldKeys(view, parts));
  if (index.spec.sparse && fields.every(({ isMissing }) => isMissing)) return nothing;
  if (!index.spec.unique) return { whole: new Map(), leading: new Set(fields[0]?.keys.keys()) };
  if (fields.filter(({ keys }) => keys.size > 1).length > 1) {
    const names = index.fields.map((parts) => `[${parts.join('.')}]`).join(' ');
    throw new CommandError('CannotIndexParallelArrays', `cannot index parallel arrays ${names}`);
  }
  let whole = new Map<string, readonly unknown[]>([['', []]]);
  for (const { keys } of fields) {
    whole = new Map(
      [...whole].flatMap(([prefix, values]) =>
        [...keys].map(([key, value]) => [`${prefix}${key.length}:${key}`, [...values, value]] as const),
      ),
    );
  }
  return { whole, leading: new Set(fields[0]?.keys.keys()) };
}

/** Throws DuplicateKey (11000) when another entry than `self` has one of the document's keys in a unique index. */
export function refuseDuplicates<Entry>(index: Index<Entry>, ns: string, view: Doc, self?: Entry): void {
  if (!index.spec.unique) return;
  for (const [key, values] of keysOf(index, view).whole) {
    const holder = index.whole.get(key);
    if (holder !== undefined && holder !== self) throw duplicateKey(ns, index.spec, values);
  }
}

export function duplicateKey(
  ns: string,
  { name, key }: Pick<IndexSpec, 'name' | 'key'>,
  values: readonly unknown[],
): CommandError {
  const keyValue = Object.fromEntries(
    Object.keys(key).map((path, i) => [path, values[i] === EMPTY_ARRAY ? null : (values[i] ?? null)]),
  );
  return new CommandError(
    'DuplicateKey',
    `E11000 duplicate key error collection: ${ns} index: ${name} dup key: ${printValue(keyValue)}`,
    { keyPattern: key, keyValue },
  );
}

export function addToIndex<Entry>(index: Index<Entry>, entry: Entry, view: Doc): void {
  const { whole, leading } = keysOf(index, view);
  for (const key of whole.keys()) addTo(index.whole, key, entry);
  for (const key of leading) addTo(index.leading, key, entry);
}

export function removeFromIndex<Entry>(index: Index<Entry>, entry: Entry, view: Doc): void {
  const { whole, leading } = keysOf(index, view);
  for (const key of whole.keys()) removeFrom(index.whole, key, entry);
  for (const key of leading) removeFrom(index.leading, key, entry);
}

function addTo<Entry>(buckets: Buckets<Entry>, key: string, entry: Entry): void {
  const held = buckets.get(key);
  if (held === undefined) buckets.set(key, entry);
  else if (held instanceof Set) held.add(entry);
  else if (held !== entry) buckets.set(key, new Set([held, entry]));
}

function removeFrom<Entry>(buckets: Buckets<Entry>, key: string, entry: Entry): void {
  const held = buckets.get(key);
  if (held === entry) buckets.delete(key);
  else if (held instanceof Set && held.delete(entry) && held.size === 0) buckets.delete(key);
}

/** The entries with that value in the index's leading field, in no particular order. */
export function entriesWith<Entry>(index: Index<Entry>, value: unknown): Iterable<Entry> {
  const held = index.leading.get(canonicalKey(value));
  return held === undefined ? [] : held instanceof Set ? held : [held];
}

/** Reads one element of createIndexes' `indexes`. Refuses kinds of index that this store does not have. */
export function parseIndexSpec(source: unknown): IndexSpec {
  if (!isDocument(source) || !isDocument(source.key) || Object.keys(source.key).length === 0) {
    throw new CommandError('CannotCreateIndex', "The 'key' field is a required property of an index specification");
  }
  const {
    key,
    name,
    v: _version,
    unique,
    sparse,
    partialFilterExpression,
    background: _background,
    ...others
  } = source;
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw new CommandError(
      'InvalidIndexSpecificationOption',
      `The field '${other}' is not supported for an index of this store. Specification: ${printValue(source)}`,
    );
  }
  for (const [path, order] of Object.entries(key)) {
    if (typeof order !== 'number' || order === 0) {
      throw new CommandError(
        'CannotCreateIndex',
        `Values in the index key pattern must be 1 or -1 in this store; ${path} is ${printValue(order)}`,
      );
    }
  }
  if (typeof name !== 'string')
    throw new CommandError('FailedToParse', "The 'name' field is a required property of an index specification");
  if (partialFilterExpression !== undefined) compileFilter(partialFilterExpression);
  if (partialFilterExpression !== undefined && sparse) {
    throw new CommandError('CannotCreateIndex', 'cannot mix "partialFilterExpression" and "sparse" options');
  }
  const directions = Object.entries(key).map(([path, order]) => [path, Number(order) < 0 ? -1 : 1] as const);
  return {
    name,
    key: Object.fromEntries(directions),
    unique: Boolean(unique),
    sparse: Boolean(sparse),
    partialFilterExpression: isDocument(partialFilterExpression) ? partialFilterExpression : undefined,
  };
}

/** The specification as listIndexes answers it and as the journal keeps it. */
export function describeIndex({ name, key, unique, sparse, partialFilterExpression }: IndexSpec): Doc {
  return {
    v: 2,
    key,
    name,
    ...(unique && { unique }),
    ...(sparse && { sparse }),
    ...(partialFilterExpression && { partialFilterExpression }),
  };
}
