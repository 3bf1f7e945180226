import { serialize } from 'bson';
import type { Collection, Entry } from '../collection.js';
import { CommandError } from '../errors.js';
import { compileFilter, type Filter } from '../filter.js';
import type { Store } from '../store.js';
import { compileUpdate, type Update } from '../update.js';
import { type Doc, isDocument } from '../values.js';
import { type Command, collectionName, runStatements, statementsOf } from './command.js';
import { withIdFirst } from './insert.js';
import { select } from './select.js';

const STATEMENT_FIELDS = ['q', 'u', 'multi', 'upsert', 'arrayFilters', 'hint', 'collation'];

/** `update`: each document changes as a whole or not at all; a statement stops at the first document refused. */
export const update: Command = {
  fields: ['updates', 'ordered', 'bypassDocumentValidation'],
  run: (call) => {
    const { store, db, command } = call;
    const name = collectionName(call, 'update');
    const typed = statementsOf(call.typed(), 'updates', STATEMENT_FIELDS);
    const statements = statementsOf(command, 'updates', STATEMENT_FIELDS);
    let [n, nModified] = [0, 0];
    const upserted: Doc[] = [];
    const errors = runStatements(
      statements,
      command.ordered !== false,
      ({ q, multi, upsert, arrayFilters, hint }, index) => {
        const filter = compileFilter(q);
        const change = compileUpdate(typed[index]?.u, arrayFiltersOf(arrayFilters));
        if (multi === true && change.kind === 'replacement') {
          throw new CommandError('FailedToParse', 'multi update is not supported for replacement-style update');
        }
        const collection = store.find(db, name);
        const entries = select(collection, { filter, hint, limit: multi === true ? 0 : 1 });
        for (const entry of entries)
          nModified += Number(changeEntry(store, collection as Collection, entry, change, filter));
        n += entries.length;
        if (entries.length === 0 && upsert === true) {
          const document = upsertDocument(store, store.ensure(db, name), change, typed[index]?.q);
          upserted.push({ index, _id: document._id });
          n += 1;
        }
      },
    );
    return { n, ...(upserted.length > 0 && { upserted }), nModified, ...errors, ok: 1 };
  },
};

export function arrayFiltersOf(value: unknown): Doc[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every(isDocument)) return value;
  throw new CommandError(
    'TypeMismatch',
    "BSON field 'update.updates.arrayFilters' is the wrong type, expected type 'array'",
  );
}

/** Whether anything changed. Nothing is written when the document stays the same, byte by byte. */
export function changeEntry(
  store: Store,
  collection: Collection,
  entry: Entry,
  change: Update,
  filter: Filter,
): boolean {
  const bytes = change.apply(entry.bytes, filter);
  if (Buffer.compare(bytes, entry.bytes) === 0) return false;
  store.replace(collection, entry, bytes);
  return true;
}

/** Inserts what the filter and the update make together, and answers it. */
export function upsertDocument(store: Store, collection: Collection, change: Update, typedFilter: unknown): Doc {
  const document = change.insert(isDocument(typedFilter) ? typedFilter : {});
  store.insert(collection, withIdFirst(serialize(document)));
  return document;
}
