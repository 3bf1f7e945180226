import { randomBytes } from 'node:crypto';
import { CommandError } from './errors.js';

/** The documents of an answer, and the cursor that holds the rest (0: there is no rest). */
export interface Batch {
  readonly ns: string;
  readonly documents: readonly Uint8Array[];
  readonly cursorId: bigint;
  readonly isFirst: boolean;
}

interface OpenCursor {
  readonly ns: string;
  readonly rest: readonly Uint8Array[];
  usedAt: number;
}

export interface Cursors {
  /** The first batch; `batchSize` undefined means MongoDB's 101. `isSingle` never leaves a cursor open. */
  first(ns: string, documents: readonly Uint8Array[], batchSize: number | undefined, isSingle?: boolean): Batch;
  /** The next batch; throws CursorNotFound (43). `batchSize` undefined means as many as fit into a message. */
  more(id: bigint, ns: string, batchSize: number | undefined): Batch;
  /** Whether there was such a cursor. */
  kill(id: bigint): boolean;
  close(): void;
}

const DEFAULT_FIRST_BATCH = 101;
const MAX_BATCH_BYTES = 16 * 1024 * 1024;
const IDLE_LIMIT_MS = 10 * 60 * 1000;

/** Open cursors, each a snapshot of its results. One that is not used for ten minutes is closed, as in MongoDB. */
export function openCursors(): Cursors {
  const open = new Map<bigint, OpenCursor>();
  const reaper = setInterval(() => {
    for (const [id, cursor] of open) if (Date.now() - cursor.usedAt > IDLE_LIMIT_MS) open.delete(id);
  }, 60_000);
  reaper.unref();

  return {
    first: (ns, documents, batchSize = DEFAULT_FIRST_BATCH, isSingle = false) => {
      const batch = fitting(documents, batchSize);
      const isComplete = isSingle || batch.length === documents.length;
      const cursorId = isComplete ? 0n : newId();
      if (!isComplete) open.set(cursorId, { ns, rest: documents.slice(batch.length), usedAt: Date.now() });
      return { ns, documents: batch, cursorId, isFirst: true };
    },
    more: (id, ns, batchSize = Number.POSITIVE_INFINITY) => {
      const cursor = open.get(id);
      if (cursor?.ns !== ns) throw new CommandError('CursorNotFound', `cursor id ${id} not found`);
      const batch = fitting(cursor.rest, batchSize);
      const isComplete = batch.length === cursor.rest.length;
      if (isComplete) open.delete(id);
      else open.set(id, { ns, rest: cursor.rest.slice(batch.length), usedAt: Date.now() });
      return { ns, documents: batch, cursorId: isComplete ? 0n : id, isFirst: false };
    },
    kill: (id) => open.delete(id),
    close: () => {
      clearInterval(reaper);
      open.clear();
    },
  };
}

/** As many documents as the batch size and a message allow, at least one when any is asked for. */
function fitting(documents: readonly Uint8Array[], batchSize: number): readonly Uint8Array[] {
  let bytes = 0;
  let count = 0;
  for (const document of documents) {
    if (count >= batchSize || (count > 0 && bytes + document.length > MAX_BATCH_BYTES)) break;
    bytes += document.length;
    count += 1;
  }
  return count === documents.length ? documents : documents.slice(0, count);
}

const newId = (): bigint => randomBytes(8).readBigUInt64LE() >> 1n || 1n;
