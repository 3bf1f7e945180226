import { join } from 'node:path';
import { deserialize, serialize } from 'bson';
import {
  buildIndex,
  type Collection,
  createCollection,
  type Entry,
  insertEntry,
  removeEntry,
  replaceEntry,
  viewOf,
} from './collection.js';
import { type Cursors, openCursors } from './cursors.js';
import { lockDataDir } from './dataDirLock.js';
import { CommandError } from './errors.js';
import { describeIndex, type IndexSpec, parseIndexSpec } from './indexes.js';
import { type JournalRecord, openJournal } from './journal.js';
import { canonicalKey, type Doc, decodeView } from './values.js';

export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** All databases, in memory, and their journal. Every change is applied at once and durable after `commit()`. */
export interface Store {
  readonly cursors: Cursors;
  find(db: string, name: string): Collection | undefined;
  /** The collection, made if there is none; throws InvalidNamespace. */
  ensure(db: string, name: string): Collection;
  collections(db?: string): Collection[];
  drop(collection: Collection): void;
  insert(collection: Collection, bytes: Uint8Array): void;
  replace(collection: Collection, entry: Entry, bytes: Uint8Array): void;
  remove(collection: Collection, entry: Entry): void;
  createIndex(collection: Collection, spec: IndexSpec): void;
  dropIndex(collection: Collection, name: string): void;
  /** Resolves when every change so far is on the disk; undefined when it is there already. */
  commit(): Promise<void> | undefined;
  close(): Promise<void>;
}

export interface StoreOptions {
  readonly dataDir: string;
  readonly log: (line: string) => void;
  readonly onFailure: (error: Error) => void;
  readonly minCompactionBytes: number;
}

/** Locks the data directory, replays its journal and builds the indexes. */
export async function openStore({ dataDir, log, onFailure, minCompactionBytes }: StoreOptions): Promise<Store> {
  const unlock = await lockDataDir(dataDir);
  const collections = new Map<string, Collection>();
  const specs = new Map<string, Map<string, IndexSpec>>();
  const journal = await openJournal({
    dir: join(dataDir, 'journal'),
    replay: (record) => replayRecord(collections, specs, record),
    snapshot: () => snapshotOf(collections.values()),
    liveBytes: () => [...collections.values()].reduce((sum, { liveBytes }) => sum + liveBytes, 0),
    minCompactionBytes,
    log,
    onFailure,
  }).catch(async (error: unknown) => {
    await unlock();
    throw error;
  });
  for (const [ns, byName] of specs) {
    const collection = collections.get(ns);
    if (collection) for (const spec of byName.values()) buildIndex(collection, spec);
  }
  const cursors = openCursors();

  return {
    cursors,
    find: (db, name) => collections.get(`${db}.${name}`),
    ensure: (db, name) => {
      const known = collections.get(`${db}.${name}`);
      if (known) return known;
      validateNamespace(db, name);
      const collection = createCollection(db, name);
      collections.set(collection.ns, collection);
      journal.append({ op: 'create', ns: collection.ns });
      return collection;
    },
    collections: (db) => [...collections.values()].filter((collection) => db === undefined || collection.db === db),
    drop: ({ ns }) => {
      collections.delete(ns);
      journal.append({ op: 'drop', ns });
    },
    insert: (collection, bytes) => {
      refuseLarge(bytes);
      insertEntry(collection, bytes);
      journal.append({ op: 'put', ns: collection.ns, body: bytes });
    },
    replace: (collection, entry, bytes) => {
      refuseLarge(bytes);
      replaceEntry(collection, entry, bytes);
      journal.append({ op: 'put', ns: collection.ns, body: bytes });
    },
    remove: (collection, entry) => {
      const body = serialize({ _id: viewOf(entry)._id });
      removeEntry(collection, entry);
      journal.append({ op: 'delete', ns: collection.ns, body });
    },
    createIndex: (collection, spec) => {
      buildIndex(collection, spec);
      journal.append({ op: 'index', ns: collection.ns, body: serialize(describeIndex(spec)) });
    },
    dropIndex: (collection, name) => {
      collection.indexes.delete(name);
      journal.append({ op: 'dropIndex', ns: collection.ns, body: serialize({ name }) });
    },
    commit: journal.commit,
    close: async () => {
      cursors.close();
      try {
        await journal.close();
      } finally {
        await unlock();
      }
    },
  };
}

function validateNamespace(db: string, name: string): void {
  if (
    db === '' ||
    /[/\\. "$\0]/.test(db) ||
    name === '' ||
    name.includes('$') ||
    name.includes('\0') ||
    /^\.|^system\./.test(name)
  ) {
    throw new CommandError('InvalidNamespace', `Invalid namespace specified '${db}.${name}'`);
  }
}

function refuseLarge(bytes: Uint8Array): void {
  if (bytes.length > MAX_DOCUMENT_BYTES) {
    throw new CommandError(
      'BSONObjectTooLarge',
      `object to insert too large. size in bytes: ${bytes.length}, max size: ${MAX_DOCUMENT_BYTES}`,
    );
  }
}

function* snapshotOf(collections: Iterable<Collection>): Iterable<JournalRecord> {
  for (const { ns, entries, indexes } of collections) {
    yield { op: 'create', ns };
    for (const { spec } of indexes.values()) yield { op: 'index', ns, body: serialize(describeIndex(spec)) };
    for (const { bytes } of entries.values()) yield { op: 'put', ns, body: bytes };
  }
}

function replayRecord(
  collections: Map<string, Collection>,
  specs: Map<string, Map<string, IndexSpec>>,
  { op, ns, body }: JournalRecord,
): void {
  const dot = ns.indexOf('.');
  const collection = collections.get(ns) ?? createCollection(ns.slice(0, dot), ns.slice(dot + 1));
  const indexes = specs.get(ns) ?? new Map<string, IndexSpec>();
  if (op === 'drop') {
    collections.delete(ns);
    specs.delete(ns);
    return;
  }
  collections.set(ns, collection);
  specs.set(ns, indexes);
  if (!body) return;
  switch (op) {
    case 'index': {
      const spec = parseIndexSpec(deserialize(body));
      indexes.set(spec.name, spec);
      break;
    }
    case 'dropIndex':
      indexes.delete(String((deserialize(body) as Doc).name));
      break;
    default: {
      const known = collection.entries.get(canonicalKey(decodeView(body)._id));
      if (op === 'delete') {
        if (known) removeEntry(collection, known);
      } else if (known) replaceEntry(collection, known, body);
      else insertEntry(collection, body);
    }
  }
}
