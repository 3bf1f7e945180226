import type { Batch } from '../cursors.js';
import { CommandError } from '../errors.js';
import type { Store } from '../store.js';
import { type Doc, isDocument, numericOf } from '../values.js';

/** What a command gets to work with. */
export interface CommandCall {
  readonly store: Store;
  readonly db: string;
  /** The command with JavaScript numbers; an insert's `documents` are bytes. */
  readonly command: Doc;
  /** The same with bson's number wrappers, decoded on demand. */
  readonly typed: () => Doc;
  readonly connectionId: number;
}

/** A command of the wire protocol. `run` is synchronous, so that no other command can come between its steps. */
export interface Command {
  /** The fields that it understands beside the generic ones; any other is refused, not ignored. */
  readonly fields: readonly string[] | 'any';
  readonly run: (call: CommandCall) => Doc | Batch;
}

/** The value of the field named after the command: its collection. */
export function collectionName({ command }: CommandCall, commandName: string): string {
  const name = command[commandName];
  if (typeof name !== 'string') {
    throw new CommandError('InvalidNamespace', `collection name has invalid type for command ${commandName}`);
  }
  return name;
}

/** A non-negative integer field, undefined when it is missing. */
export function natural(command: Doc, field: string): number | undefined {
  const value = command[field];
  if (value === undefined || value === null) return undefined;
  const number = Number(numericOf(value));
  if (Number.isNaN(number))
    throw new CommandError('TypeMismatch', `BSON field '${field}' is the wrong type, expected a number`);
  if (number < 0)
    throw new CommandError('Location51024', `BSON field '${field}' value must be >= 0, actual value '${number}'`);
  return Math.trunc(number);
}

/** A list of documents, each with known fields only. */
export function statementsOf(command: Doc, list: string, fields: readonly string[]): Doc[] {
  const statements = command[list];
  if (!Array.isArray(statements) || !statements.every(isDocument)) {
    throw new CommandError('Location40414', `BSON field '${list}' is missing but a required field`);
  }
  for (const statement of statements) refuseUnknown(list, statement, fields);
  return statements;
}

export function refuseUnknown(owner: string, document: Doc, fields: readonly string[]): void {
  for (const name of Object.keys(document)) {
    if (!fields.includes(name))
      throw new CommandError('Location40415', `BSON field '${owner}.${name}' is an unknown field.`);
  }
  const { collation } = document;
  if (isDocument(collation) && collation.locale !== 'simple') {
    throw new CommandError(
      'NotImplemented',
      'collations other than {locale: "simple"} are not supported by this store',
    );
  }
}

/** Runs the statements of a write command in order; a refused one ends an ordered command and is reported by its index. */
export function runStatements<T>(
  statements: readonly T[],
  isOrdered: boolean,
  run: (statement: T, index: number) => void,
): Doc {
  const writeErrors: Doc[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      run(statement, index);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.details });
      if (isOrdered) break;
    }
  }
  return writeErrors.length > 0 ? { writeErrors } : {};
}
