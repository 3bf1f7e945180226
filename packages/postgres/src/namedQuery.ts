import type pg from 'pg';
import utils from 'pg/lib/utils';
import type { Statement } from './statement.js';

interface Column {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

/** What `pg` has of the connection besides its types: which statements were parsed on it, or are being parsed. */
interface Connection {
  readonly stream: { cork(): void; uncork(): void };
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
  parse(o: { name: string; text: string }): void;
  bind(o: { statement: string; values: unknown[] }): void;
  describe(o: { type: 'P' }): void;
  execute(o: object): void;
  sync(): void;
}

/** The columns of each statement that a connection has described once. They stay as they are for as long as it keeps the prepared statement. */
const described = new WeakMap<Connection, Map<string, readonly Column[]>>();

/**
 * A named statement sent once, for `query` of a client or a pool of `pg`. Unlike `pg`'s own query it asks for the columns only the first
 * time on a connection: to describe, send, read and prepare fifty columns again takes longer than to read their row.
 */
export class NamedQuery<Row> implements pg.Submittable {
  readonly name: string;
  readonly text: string;
  /** Set by the client or the pool. */
  callback: ((error: unknown, rows?: Row[]) => void) | undefined;
  readonly #params: readonly unknown[];
  readonly #typeParser: (oid: number) => (text: string) => unknown;
  readonly #rows: Row[] = [];
  #connection: Connection | undefined;
  #columns: readonly Column[] | undefined;
  #unreadable: unknown;

  constructor(
    statement: Statement<Row>,
    params: readonly unknown[],
    typeParser: (oid: number) => (text: string) => unknown,
  ) {
    this.name = statement.name;
    this.text = statement.text;
    this.#params = params;
    this.#typeParser = typeParser;
  }

  /** @returns the reason why nothing was sent. */
  submit(to: unknown): Error | null {
    const connection = to as Connection;
    let values: unknown[];
    try {
      values = this.#params.map((value) => utils.prepareValue(value));
    } catch (error) {
      return error as Error;
    }
    this.#connection = connection;
    this.#columns = described.get(connection)?.get(this.name);
    connection.stream.cork();
    if (
      connection.parsedStatements[this.name] === undefined &&
      connection.submittedNamedStatements[this.name] === undefined
    ) {
      connection.parse(this);
      connection.submittedNamedStatements[this.name] = this.text;
    }
    connection.bind({ statement: this.name, values });
    if (this.#columns === undefined) connection.describe({ type: 'P' });
    connection.execute({});
    connection.sync();
    connection.stream.uncork();
    return null;
  }

  handleRowDescription(message: { fields: { name: string; dataTypeID: number }[] }): void {
    this.#keep(message.fields.map((field) => ({ name: field.name, parse: this.#typeParser(field.dataTypeID) })));
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    if (this.#unreadable !== undefined) return;
    const columns = this.#columns as readonly Column[];
    const row: Record<string, unknown> = {};
    try {
      for (let index = 0; index < columns.length; index += 1) {
        const { name, parse } = columns[index] as Column;
        const text = message.fields[index] as string | null;
        row[name] = text === null ? null : parse(text);
      }
    } catch (error) {
      this.#unreadable = error;
    }
    this.#rows.push(row as Row);
  }

  handleCommandComplete(): void {
    if (this.#columns === undefined) this.#keep([]); // described without columns: it answers no rows
  }

  handleReadyForQuery(): void {
    if (this.#unreadable === undefined) this.callback?.(null, this.#rows);
    else this.callback?.(this.#unreadable);
  }

  handleError(error: unknown): void {
    this.callback?.(error);
  }

  #keep(columns: readonly Column[]): void {
    const connection = this.#connection as Connection;
    this.#columns = columns;
    const known = described.get(connection) ?? new Map<string, readonly Column[]>();
    described.set(connection, known.set(this.name, columns));
  }
}
