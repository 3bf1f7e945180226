import { serialize } from 'bson';
import { CommandError } from '../errors.js';
import { compileFilter } from '../filter.js';
import type { Doc } from '../values.js';
import { type Command, collectionName } from './command.js';

const create: Command = {
  fields: [],
  run: (call) => {
    const name = collectionName(call, 'create');
    if (call.store.find(call.db, name))
      throw new CommandError('NamespaceExists', `Collection ${call.db}.${name} already exists.`);
    call.store.ensure(call.db, name);
    return { ok: 1 };
  },
};

const drop: Command = {
  fields: [],
  run: (call) => {
    const name = collectionName(call, 'drop');
    const collection = call.store.find(call.db, name);
    if (!collection) return { ok: 1 };
    call.store.drop(collection);
    return { nIndexesWas: collection.indexes.size + 1, ns: collection.ns, ok: 1 };
  },
};

const dropDatabase: Command = {
  fields: [],
  run: ({ store, db }) => {
    for (const collection of store.collections(db)) store.drop(collection);
    return { dropped: db, ok: 1 };
  },
};

const listCollections: Command = {
  fields: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'],
  run: ({ store, db, command }) => {
    const filter = compileFilter(command.filter);
    const infos = store.collections(db).map(
      ({ name }): Doc => ({
        name,
        type: 'collection',
        ...(command.nameOnly !== true && {
          options: {},
          info: { readOnly: false },
          idIndex: { v: 2, key: { _id: 1 }, name: '_id_' },
        }),
      }),
    );
    return store.cursors.first(
      `${db}.$cmd.listCollections`,
      infos.filter(filter.test).map((info) => serialize(info)),
      Number.POSITIVE_INFINITY,
    );
  },
};

const listDatabases: Command = {
  fields: ['filter', 'nameOnly', 'authorizedDatabases'],
  run: ({ store, command }) => {
    const filter = compileFilter(command.filter);
    const names = [...new Set(store.collections().map(({ db }) => db))].sort();
    const sizes = names.map((name) => ({
      name,
      sizeOnDisk: store.collections(name).reduce((sum, { liveBytes }) => sum + liveBytes, 0),
      empty: false,
    }));
    const shown = sizes.filter((info) => filter.test(info));
    if (command.nameOnly === true) return { databases: shown.map(({ name }) => ({ name })), ok: 1 };
    return { databases: shown, totalSize: shown.reduce((sum, { sizeOnDisk }) => sum + sizeOnDisk, 0), ok: 1 };
  },
};

export const namespaces: Readonly<Record<string, Command>> = {
  create,
  drop,
  dropDatabase,
  listCollections,
  listDatabases,
};
