import { serialize } from 'bson';
import type { Collection } from '../collection.js';
import { CommandError } from '../errors.js';
import { describeIndex, type IndexSpec, parseIndexSpec } from '../indexes.js';
import { canonicalKey, type Doc, isDocument } from '../values.js';
import { type Command, type CommandCall, collectionName, natural, statementsOf } from './command.js';

const INDEX_FIELDS = [
  'key',
  'name',
  'v',
  'unique',
  'sparse',
  'partialFilterExpression',
  'background',
  'expireAfterSeconds',
  'hidden',
  'collation',
  'weights',
  'wildcardProjection',
];

const createIndexes: Command = {
  fields: ['indexes', 'commitQuorum'],
  run: (call) => {
    const { store, db } = call;
    const specs = statementsOf(call.command, 'indexes', INDEX_FIELDS).map(parseIndexSpec);
    const name = collectionName(call, 'createIndexes');
    const isNew = store.find(db, name) === undefined;
    const collection = store.ensure(db, name);
    const numIndexesBefore = collection.indexes.size + 1;
    const wanted = specs.filter((spec) => !isPresent(collection, spec));
    for (const spec of wanted) store.createIndex(collection, spec);
    return {
      numIndexesBefore,
      numIndexesAfter: collection.indexes.size + 1,
      createdCollectionAutomatically: isNew,
      ...(wanted.length === 0 && { note: 'all indexes already exist' }),
      ok: 1,
    };
  },
};

/** Whether the very same index is there; throws when another one has its name or its key. */
function isPresent({ indexes }: Collection, spec: IndexSpec): boolean {
  if (canonicalKey(spec.key) === canonicalKey({ _id: 1 })) return true;
  const wanted = describeIndex(spec);
  for (const { spec: known } of indexes.values()) {
    const hasName = known.name === spec.name;
    const hasKey = canonicalKey(known.key) === canonicalKey(spec.key);
    if (hasName && canonicalKey(describeIndex(known)) === canonicalKey(wanted)) return true;
    if (hasName) {
      throw new CommandError(
        'IndexKeySpecsConflict',
        `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${spec.name}`,
      );
    }
    if (hasKey && canonicalKey(known.partialFilterExpression) === canonicalKey(spec.partialFilterExpression)) {
      const isRenamed = known.unique === spec.unique && known.sparse === spec.sparse;
      throw new CommandError(
        'IndexOptionsConflict',
        isRenamed
          ? `Index already exists with a different name: ${known.name}`
          : `An equivalent index already exists with a different name and options: ${known.name}`,
      );
    }
  }
  return false;
}

function existing(call: CommandCall, commandName: string, message: string): Collection {
  const name = collectionName(call, commandName);
  const collection = call.store.find(call.db, name);
  if (!collection) throw new CommandError('NamespaceNotFound', `${message} ${call.db}.${name}`);
  return collection;
}

const listIndexes: Command = {
  fields: ['cursor'],
  run: (call) => {
    const collection = existing(call, 'listIndexes', 'ns does not exist:');
    const documents: Doc[] = [
      { v: 2, key: { _id: 1 }, name: '_id_' },
      ...[...collection.indexes.values()].map(({ spec }) => describeIndex(spec)),
    ];
    const batchSize = isDocument(call.command.cursor) ? natural(call.command.cursor, 'batchSize') : undefined;
    return call.store.cursors.first(
      collection.ns,
      documents.map((document) => serialize(document)),
      batchSize,
    );
  },
};

const dropIndexes: Command = {
  fields: ['index'],
  run: (call) => {
    const collection = existing(call, 'dropIndexes', 'ns not found');
    const nIndexesWas = collection.indexes.size + 1;
    const { index } = call.command;
    const names =
      index === '*'
        ? [...collection.indexes.keys()]
        : (Array.isArray(index) ? index : [index]).map((one) => indexName(collection, one));
    for (const name of names) call.store.dropIndex(collection, name);
    return { nIndexesWas, ok: 1 };
  },
};

function indexName({ indexes }: Collection, wanted: unknown): string {
  if (wanted === '_id_' || (isDocument(wanted) && canonicalKey(wanted) === canonicalKey({ _id: 1 }))) {
    throw new CommandError('InvalidOptions', 'cannot drop _id index');
  }
  for (const { spec } of indexes.values()) {
    if (spec.name === wanted || (isDocument(wanted) && canonicalKey(spec.key) === canonicalKey(wanted)))
      return spec.name;
  }
  throw isDocument(wanted)
    ? new CommandError('IndexNotFound', `can't find index with key: ${JSON.stringify(wanted)}`)
    : new CommandError('IndexNotFound', `index not found with name [${String(wanted)}]`);
}

export const indexCommands: Readonly<Record<string, Command>> = { createIndexes, listIndexes, dropIndexes };
