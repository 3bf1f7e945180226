import { BSONError, deserialize } from 'bson';
import type { Batch } from '../cursors.js';
import { CommandError } from '../errors.js';
import type { Store } from '../store.js';
import { type Doc, decodeTyped, decodeView, isDocument } from '../values.js';
import type { Request } from '../wire.js';
import { aggregate } from './aggregate.js';
import { type Command, refuseUnknown } from './command.js';
import { deleteCommand } from './delete.js';
import { diagnostics } from './diagnostics.js';
import { reads } from './find.js';
import { findAndModify } from './findAndModify.js';
import { indexCommands } from './indexes.js';
import { insert } from './insert.js';
import { namespaces } from './namespaces.js';
import { update } from './update.js';

/** Every command that this store answers; all others are CommandNotFound (59). */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  Object.entries({
    ...diagnostics,
    ...reads,
    ...indexCommands,
    ...namespaces,
    insert,
    update,
    delete: deleteCommand,
    findAndModify,
    findandmodify: findAndModify,
    aggregate,
  }),
);

const GENERIC_FIELDS = [
  ...['$db', 'lsid', '$clusterTime', '$readPreference', 'readConcern', 'writeConcern', 'comment', 'maxTimeMS'],
  ...['apiVersion', 'apiStrict', 'apiDeprecationErrors', 'txnNumber', 'startTransaction', 'autocommit', 'collation'],
];

const WRITES = new Set(
  ['insert', 'update', 'delete', 'findAndModify', 'findandmodify', 'createIndexes', 'dropIndexes'].concat(
    'create',
    'drop',
    'dropDatabase',
  ),
);

/** Whether the answer must wait for the journal. */
export const isWrite = ({ body }: Request): boolean => WRITES.has(commandName(body));

/** Runs one command. Synchronous: commands never interleave. Throws CommandError for everything refused. */
export function runCommand(store: Store, request: Request, connectionId: number): Doc | Batch {
  try {
    const name = commandName(request.body);
    const command = COMMANDS.get(name);
    if (!command) throw new CommandError('CommandNotFound', `no such command: '${name}'`);
    const document = decodeCommand(name, request);
    if (command.fields !== 'any') refuseUnknown(name, document, [name, ...GENERIC_FIELDS, ...command.fields]);
    refuseConcerns(document);
    const db = typeof document.$db === 'string' ? document.$db : 'test';
    const typed = (): Doc => mergeSections(decodeTyped(request.body), request, decodeTyped);
    return command.run({ store, db, command: document, typed, connectionId });
  } catch (error) {
    if (BSONError.isBSONError(error)) throw new CommandError('InvalidBSON', error.message);
    if (error instanceof SyntaxError) throw new CommandError('Location51091', error.message);
    throw error;
  }
}

/** The name of the first field, without decoding the rest. */
function commandName(body: Uint8Array): string {
  const end = body.indexOf(0, 5);
  return body.length <= 5 ? '' : Buffer.from(body.subarray(5, end)).toString('utf8');
}

/** An insert's documents stay bytes: they are stored as they came. */
function decodeCommand(name: string, request: Request): Doc {
  if (name !== 'insert') return mergeSections(decodeView(request.body), request, decodeView);
  return mergeSections(deserialize(request.body, { fieldsAsRaw: { documents: true } }), request, (bytes) => bytes);
}

function mergeSections(command: Doc, { sections }: Request, decode: (bytes: Uint8Array) => unknown): Doc {
  for (const [name, documents] of sections) command[name] = documents.map(decode);
  return command;
}

/** What a standalone MongoDB refuses as well: transactions, retryable writes, waiting for other members. */
function refuseConcerns({ txnNumber, readConcern, writeConcern }: Doc): void {
  if (txnNumber !== undefined) {
    throw new CommandError(
      'IllegalOperation',
      'Transaction numbers are only allowed on a replica set member or mongos',
    );
  }
  if (isDocument(readConcern) && ['snapshot', 'linearizable'].includes(String(readConcern.level))) {
    throw new CommandError(
      'NotAReplicaSet',
      `node needs to be a replica set member to use readConcern: ${String(readConcern.level)}`,
    );
  }
  if (isDocument(writeConcern) && typeof writeConcern.w === 'number' && writeConcern.w > 1) {
    throw new CommandError('BadValue', "cannot use 'w' > 1 when a host is not replicated");
  }
}
