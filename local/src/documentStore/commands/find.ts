import { serialize } from 'bson';
import { viewOf } from '../collection.js';
import { CommandError } from '../errors.js';
import { compileFilter } from '../filter.js';
import { compileProjection } from '../projection.js';
import { canonicalKey, numericOf, valuesAt } from '../values.js';
import { type Command, collectionName, natural } from './command.js';
import { select } from './select.js';

const find: Command = {
  fields: [
    'filter',
    'sort',
    'projection',
    'hint',
    'skip',
    'limit',
    'batchSize',
    'singleBatch',
    'noCursorTimeout',
    'allowDiskUse',
    'collation',
  ],
  run: (call) => {
    const { store, db, command } = call;
    const name = collectionName(call, 'find');
    const filter = compileFilter(command.filter);
    const project = compileProjection(command.projection, filter);
    const { sort, hint } = command;
    const entries = select(store.find(db, name), {
      filter,
      sort,
      hint,
      skip: natural(command, 'skip'),
      limit: natural(command, 'limit'),
    });
    const documents = entries.map(({ bytes }) => (project ? serialize(project(bytes)) : bytes));
    return store.cursors.first(`${db}.${name}`, documents, natural(command, 'batchSize'), command.singleBatch === true);
  },
};

const cursorId = (value: unknown): bigint => {
  const id = numericOf(value);
  if (id === undefined) throw new CommandError('TypeMismatch', 'a cursor id must be a number');
  return BigInt(id);
};

const getMore: Command = {
  fields: ['collection', 'batchSize'],
  run: (call) => {
    const { store, db, command } = call;
    const batchSize = natural(command, 'batchSize');
    return store.cursors.more(
      cursorId(command.getMore),
      `${db}.${collectionName(call, 'collection')}`,
      batchSize || undefined,
    );
  },
};

const killCursors: Command = {
  fields: ['cursors'],
  run: ({ store, command }) => {
    if (!Array.isArray(command.cursors)) {
      throw new CommandError('Location40414', "BSON field 'killCursors.cursors' is missing but a required field");
    }
    const killed = command.cursors.map((id: unknown) => ({ id, isKilled: store.cursors.kill(cursorId(id)) }));
    return {
      cursorsKilled: killed.filter(({ isKilled }) => isKilled).map(({ id }) => id),
      cursorsNotFound: killed.filter(({ isKilled }) => !isKilled).map(({ id }) => id),
      cursorsAlive: [],
      cursorsUnknown: [],
      ok: 1,
    };
  },
};

const count: Command = {
  fields: ['query', 'limit', 'skip', 'hint', 'collation', 'fields'],
  run: (call) => {
    const { store, db, command } = call;
    const collection = store.find(db, collectionName(call, 'count'));
    const filter = compileFilter(command.query);
    const limits = { skip: natural(command, 'skip'), limit: natural(command, 'limit') };
    const isWhole = filter.conditions.length === 0 && !limits.skip && !limits.limit;
    return {
      n: isWhole
        ? (collection?.entries.size ?? 0)
        : select(collection, { filter, hint: command.hint, ...limits }).length,
      ok: 1,
    };
  },
};

const distinct: Command = {
  fields: ['key', 'query', 'hint', 'collation'],
  run: (call) => {
    const { store, db, command } = call;
    const { key } = command;
    if (typeof key !== 'string')
      throw new CommandError('TypeMismatch', "BSON field 'distinct.key' is the wrong type, expected type 'string'");
    const values = new Map<string, unknown>();
    for (const entry of select(store.find(db, collectionName(call, 'distinct')), {
      filter: compileFilter(command.query),
      hint: command.hint,
    })) {
      for (const value of valuesAt(viewOf(entry), key.split('.'))) {
        for (const element of Array.isArray(value) ? value : [value]) {
          if (element !== undefined) values.set(canonicalKey(element), element);
        }
      }
    }
    return { values: [...values.values()], ok: 1 };
  },
};

export const reads: Readonly<Record<string, Command>> = { find, getMore, killCursors, count, distinct };
