/** A statement with a name, so that each connection parses and plans it once; `Row` is what it answers. */
export interface Statement<Row> {
  readonly name: string;
  readonly text: string;
  /** Never set: carries the row's type. */
  readonly row?: Row;
}

const named = new Map<string, string>();

/**
 * Declares a statement. Values go in as `$1`, `$2`, …, never into the text.
 * @throws when the name is longer than Postgres keeps (63 bytes) or already stands for another text in this process.
 */
export function sql<Row = never>(name: string, text: string): Statement<Row> {
  if (Buffer.byteLength(name) > 63) throw new Error(`The statement name ${name} is longer than 63 bytes`);
  const earlier = named.get(name);
  if (earlier !== undefined && earlier !== text) throw new Error(`Two statements are named ${name}`);
  named.set(name, text);
  return { name, text };
}
