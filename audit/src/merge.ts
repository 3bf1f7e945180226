/** Rows of several sorted streams that have the same key. */
export type Group<Streams> = { readonly key: string } & {
  readonly [Name in keyof Streams]: Streams[Name] extends AsyncIterable<infer Row> ? readonly Row[] : never;
};

interface Keyed {
  readonly key: string;
}

/**
 * Walks streams that are each sorted by `key` (byte order: `ORDER BY … COLLATE "C"`) side by side, one group per key, so that tables of
 * different databases are joined without holding more than one key's rows of each. Throws when a stream is not sorted.
 */
export async function* mergeByKey<Streams extends Readonly<Record<string, AsyncIterable<Keyed>>>>(
  streams: Streams,
): AsyncIterable<Group<Streams>> {
  const heads = Object.entries(streams).map(([name, stream]) => ({ name, walk: peekable(stream) }));
  for (;;) {
    const firsts = await Promise.all(heads.map(({ walk }) => walk.peek()));
    const [key] = firsts.flatMap((row) => (row === undefined ? [] : [row.key])).sort();
    if (key === undefined) return;
    const group: Record<string, unknown> = { key };
    for (const { name, walk } of heads) group[name] = await walk.take(key);
    yield group as Group<Streams>;
  }
}

function peekable(stream: AsyncIterable<Keyed>) {
  const rows = stream[Symbol.asyncIterator]();
  let next: Keyed | undefined;
  let ended = false;
  const peek = async (): Promise<Keyed | undefined> => {
    if (next !== undefined || ended) return next;
    const { value, done } = await rows.next();
    if (done) ended = true;
    else next = value;
    return next;
  };
  return {
    peek,
    async take(key: string): Promise<Keyed[]> {
      const taken: Keyed[] = [];
      for (let row = await peek(); row?.key === key; row = await peek()) {
        taken.push(row);
        next = undefined;
      }
      const after = await peek();
      if (after !== undefined && after.key < key) throw new Error(`a stream is not sorted: ${after.key} after ${key}`);
      return taken;
    },
  };
}
