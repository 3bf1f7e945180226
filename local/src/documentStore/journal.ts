import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { deserialize, serialize } from 'bson';

/** One change. `body` is one BSON document: the whole new document, `{_id}` of a deleted one, or an index's specification. */
export interface JournalRecord {
  readonly op: 'put' | 'delete' | 'create' | 'drop' | 'index' | 'dropIndex';
  readonly ns: string;
  readonly body?: Uint8Array;
}

export interface JournalOptions {
  readonly dir: string;
  /** Called for each record of the journal, oldest first. Records are idempotent. */
  readonly replay: (record: JournalRecord) => void;
  /** Records that rebuild the present state; read synchronously when the journal is compacted. */
  readonly snapshot: () => Iterable<JournalRecord>;
  /** Bytes that the present state needs at least. */
  readonly liveBytes: () => number;
  /** A journal smaller than this is never compacted. */
  readonly minCompactionBytes: number;
  readonly log: (line: string) => void;
  /** The disk refused: nothing can be acknowledged any more, and memory is ahead of the disk. */
  readonly onFailure: (error: Error) => void;
}

export interface Journal {
  /** Adds a record to the next write. Nothing is durable before `commit()` has resolved. */
  append(record: JournalRecord): void;
  /**
   * Resolves when everything appended so far is on the disk (fsync); concurrent callers share one fsync.
   * Undefined when it is there already. Rejects for ever once a write has failed.
   */
  commit(): Promise<void> | undefined;
  close(): Promise<void>;
}

const MAGIC = Buffer.from('SOUKDOC1');
const HEADER_BYTES = 8;
/** A journal is rewritten when it is this many times larger than the live data. */
const COMPACTION_FACTOR = 4;
const WRITE_CHUNK_BYTES = 4 * 1024 * 1024;
const FILE_NAME = /^journal-(\d{10})\.bson$/;
const fileName = (generation: number): string => `journal-${String(generation).padStart(10, '0')}.bson`;

/** length of payload (u32) · CRC-32 of payload (u32) · payload = BSON {op, ns} followed by the body's BSON, if any */
export function encodeRecord({ op, ns, body }: JournalRecord): Buffer {
  const head = serialize({ op, ns });
  const payloadBytes = head.length + (body?.length ?? 0);
  const record = Buffer.allocUnsafe(HEADER_BYTES + payloadBytes);
  record.set(head, HEADER_BYTES);
  if (body) record.set(body, HEADER_BYTES + head.length);
  record.writeUInt32LE(payloadBytes, 0);
  record.writeUInt32LE(crc32(record.subarray(HEADER_BYTES)), 4);
  return record;
}

/** Hands every intact record to `replay` and answers the offset after the last one: what follows was never acknowledged. */
export function readRecords(file: Buffer, replay: (record: JournalRecord) => void): number {
  let offset = MAGIC.length;
  while (offset + HEADER_BYTES <= file.length) {
    const end = offset + HEADER_BYTES + file.readUInt32LE(offset);
    if (end > file.length || end < offset + HEADER_BYTES + 5) break;
    const payload = file.subarray(offset + HEADER_BYTES, end);
    if (crc32(payload) !== file.readUInt32LE(offset + 4)) break;
    const headBytes = payload.readInt32LE(0);
    const { op, ns } = deserialize(payload.subarray(0, headBytes)) as Pick<JournalRecord, 'op' | 'ns'>;
    replay(payload.length > headBytes ? { op, ns, body: Uint8Array.from(payload.subarray(headBytes)) } : { op, ns });
    offset = end;
  }
  return offset;
}

async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await handle.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
  }
}

/** Writes a complete journal under a temporary name, then renames it: a crash leaves the old one or the new one. */
async function writeGeneration(
  dir: string,
  generation: number,
  records: Iterable<JournalRecord>,
): Promise<{ file: FileHandle; size: number }> {
  const path = join(dir, fileName(generation));
  const file = await open(`${path}.tmp`, 'w+');
  let size = 0;
  let chunk: Buffer[] = [MAGIC];
  let chunkBytes = MAGIC.length;
  const flush = async (): Promise<void> => {
    await writeAll(file, Buffer.concat(chunk), size);
    size += chunkBytes;
    chunk = [];
    chunkBytes = 0;
  };
  for (const record of records) {
    const bytes = encodeRecord(record);
    chunk.push(bytes);
    chunkBytes += bytes.length;
    if (chunkBytes >= WRITE_CHUNK_BYTES) await flush();
  }
  await flush();
  await file.sync();
  await rename(`${path}.tmp`, path);
  await syncDir(dir);
  return { file, size };
}

/** The newest complete journal, replayed, its torn tail cut off (and kept beside it); older and unfinished files removed. */
async function recover({
  dir,
  replay,
  log,
}: JournalOptions): Promise<{ file: FileHandle; size: number; generation: number }> {
  await mkdir(dir, { recursive: true });
  const names = await readdir(dir);
  const generations = names.flatMap((name) => Number(FILE_NAME.exec(name)?.[1] ?? [])).sort((a, b) => a - b);
  const generation = generations.at(-1);
  if (generation === undefined) return { ...(await writeGeneration(dir, 1, [])), generation: 1 };
  const path = join(dir, fileName(generation));
  const content = await readFile(path);
  if (!content.subarray(0, MAGIC.length).equals(MAGIC))
    throw new Error(`${path} is not a journal of this document store.`);
  const size = readRecords(content, replay);
  const file = await open(path, 'r+');
  if (size < content.length) {
    log(`journal: cut off ${content.length - size} bytes of an unfinished write, kept in ${fileName(generation)}.torn`);
    const torn = await open(`${path}.torn`, 'w');
    await writeAll(torn, content.subarray(size), 0);
    await torn.close();
    await file.truncate(size);
    await file.sync();
  }
  for (const name of names) {
    if (name.endsWith('.tmp') || (FILE_NAME.test(name) && name !== fileName(generation))) await rm(join(dir, name));
  }
  return { file, size, generation };
}

/** Opens (or starts) the journal in `dir`, replaying what it holds. The caller must hold the directory's lock. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  let { file, size, generation } = await recover(options);
  let pending: Buffer[] = [];
  let isScheduled = false;
  let tail: Promise<void> | undefined;

  const compact = async (): Promise<void> => {
    // The state in memory includes what is pending, so the snapshot makes it durable too.
    const records = [...options.snapshot()];
    pending = [];
    const [oldFile, oldSize, oldName] = [file, size, fileName(generation)];
    generation += 1;
    ({ file, size } = await writeGeneration(options.dir, generation, records));
    await oldFile.close();
    await rm(join(options.dir, oldName));
    options.log(`journal: compacted from ${oldSize} to ${size} bytes`);
  };
  const flush = async (): Promise<void> => {
    isScheduled = false;
    if (size > options.minCompactionBytes && size > COMPACTION_FACTOR * options.liveBytes()) return compact();
    const batch = Buffer.concat(pending);
    pending = [];
    await writeAll(file, batch, size);
    await file.datasync();
    size += batch.length;
  };
  const commit = (): Promise<void> | undefined => {
    if (pending.length > 0 && !isScheduled) {
      isScheduled = true;
      const turn: Promise<void> = (tail ?? Promise.resolve()).then(flush);
      tail = turn;
      turn.then(() => {
        if (tail === turn) tail = undefined;
      }, options.onFailure);
    }
    return tail;
  };
  return {
    append: (record) => {
      pending.push(encodeRecord(record));
    },
    commit,
    close: async () => {
      try {
        await commit();
      } finally {
        await file.close();
      }
    },
  };
}
