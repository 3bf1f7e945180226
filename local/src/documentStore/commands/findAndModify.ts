import { serialize } from 'bson';
import type { Collection } from '../collection.js';
import { CommandError } from '../errors.js';
import { compileFilter } from '../filter.js';
import { compileProjection } from '../projection.js';
import { compileUpdate } from '../update.js';
import { decodeTyped } from '../values.js';
import { type Command, collectionName } from './command.js';
import { select } from './select.js';
import { arrayFiltersOf, changeEntry, upsertDocument } from './update.js';

/** `findAndModify`: finds, changes (or removes, or upserts) and answers one document in one step. */
export const findAndModify: Command = {
  fields: [
    'query',
    'sort',
    'remove',
    'update',
    'new',
    'upsert',
    'fields',
    'arrayFilters',
    'hint',
    'collation',
    'bypassDocumentValidation',
  ],
  run: (call) => {
    const { store, db, command } = call;
    const { query, sort, hint, remove, upsert } = command;
    const name = collectionName(call, call.command.findAndModify === undefined ? 'findandmodify' : 'findAndModify');
    if (remove === true && (command.update !== undefined || upsert === true || command.new === true)) {
      throw new CommandError(
        'FailedToParse',
        "Cannot specify both an update and remove=true, nor 'upsert' or 'new' with remove=true",
      );
    }
    if (remove !== true && command.update === undefined) {
      throw new CommandError('FailedToParse', 'Either an update or remove=true must be specified');
    }
    const filter = compileFilter(query);
    const project = compileProjection(command.fields, filter) ?? decodeTyped;
    const typed = call.typed();
    const change = remove === true ? undefined : compileUpdate(typed.update, arrayFiltersOf(command.arrayFilters));
    const collection = store.find(db, name);
    const [entry] = select(collection, { filter, sort, hint, limit: 1 });
    if (entry) {
      const before = entry.bytes;
      // Projected first: a projection that is refused must leave the document as it is.
      const old = project(before);
      if (!change) {
        store.remove(collection as Collection, entry);
        return { lastErrorObject: { n: 1 }, value: old, ok: 1 };
      }
      changeEntry(store, collection as Collection, entry, change, filter);
      return {
        lastErrorObject: { n: 1, updatedExisting: true },
        value: command.new === true ? project(entry.bytes) : old,
        ok: 1,
      };
    }
    if (!change) return { lastErrorObject: { n: 0 }, value: null, ok: 1 };
    if (upsert !== true) return { lastErrorObject: { n: 0, updatedExisting: false }, value: null, ok: 1 };
    const document = upsertDocument(store, store.ensure(db, name), change, typed.query);
    return {
      lastErrorObject: { n: 1, updatedExisting: false, upserted: document._id },
      value: command.new === true ? project(serialize(document)) : null,
      ok: 1,
    };
  },
};
