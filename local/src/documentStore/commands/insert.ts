import { ObjectId, serialize } from 'bson';
import { CommandError } from '../errors.js';
import { decodeTyped } from '../values.js';
import { type Command, collectionName, runStatements } from './command.js';

const BSON_ARRAY = 4;
const BSON_UNDEFINED = 6;
const BSON_REGEX = 11;

/** `insert`: keeps the bytes as sent, so that every BSON type comes back as it came. */
export const insert: Command = {
  fields: ['documents', 'ordered', 'bypassDocumentValidation'],
  run: (call) => {
    const { store, db, command } = call;
    const documents = command.documents;
    if (!Array.isArray(documents) || documents.length === 0) {
      throw new CommandError('FailedToParse', 'Write batch sizes must be between 1 and 100000. Got 0 operations.');
    }
    const collection = store.ensure(db, collectionName(call, 'insert'));
    let n = 0;
    const errors = runStatements(documents as Uint8Array[], command.ordered !== false, (bytes) => {
      store.insert(collection, withIdFirst(bytes));
      n += 1;
    });
    return { n, ...errors, ok: 1 };
  },
};

/** The document with `_id` as its first field, made up when missing; a copy, since the bytes belong to the message. */
export function withIdFirst(bytes: Uint8Array): Uint8Array {
  const startsWithId = bytes[5] === 0x5f && bytes[6] === 0x69 && bytes[7] === 0x64 && bytes[8] === 0;
  const ordered = startsWithId ? Uint8Array.from(bytes) : reordered(bytes);
  const type = ordered[4];
  if (type === BSON_ARRAY || type === BSON_UNDEFINED || type === BSON_REGEX) {
    const name = type === BSON_ARRAY ? 'array' : type === BSON_REGEX ? 'regex' : 'undefined';
    throw new CommandError('InvalidIdField', `The '_id' value cannot be of type ${name}`);
  }
  return ordered;
}

function reordered(bytes: Uint8Array): Uint8Array {
  const { _id = new ObjectId(), ...fields } = decodeTyped(bytes);
  return serialize({ _id, ...fields });
}
