import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

/** An append-only file of JSON lines. One line is one unit: after a crash it is there whole or not at all. */
export interface Journal {
  /**
   * Writes one line before it returns: what was answered to a client survives `kill -9` of this process
   * (not a power cut: the file is not synced, it holds test data).
   */
  append(entry: unknown): void;
  /** Replaces the content by these lines, atomically. */
  rewrite(entries: Iterable<unknown>): void;
  /** Bytes in the file. */
  readonly bytes: number;
  close(): void;
}

/** The journal holds a line in its middle that is not JSON: somebody else wrote to it. */
export class JournalDamaged extends Error {
  override readonly name = 'JournalDamaged';
}

const CHUNK_BYTES = 1 << 16;

/**
 * Opens (or creates) the journal and hands every entry to `replay`, oldest first. A half-written last line, as `kill -9`
 * leaves it, is cut off. Throws JournalDamaged when any other line is unreadable.
 */
export function openJournal(file: string, replay: (entry: unknown) => void): Journal {
  mkdirSync(dirname(file), { recursive: true });
  let fd = openSync(file, existsSync(file) ? 'r+' : 'w+', 0o600);
  let bytes = readLines(fd, file, replay);
  // Nothing is changed before the first append: a second process that is started by mistake fails on its port first.
  let tornTail = true;

  const write = (target: number, entry: unknown, position: number): number => {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    let written = 0;
    while (written < line.length) {
      written += writeSync(target, line, written, line.length - written, position + written);
    }
    return line.length;
  };

  return {
    append(entry) {
      if (tornTail) ftruncateSync(fd, bytes);
      tornTail = false;
      bytes += write(fd, entry, bytes);
    },
    rewrite(entries) {
      const temporary = `${file}.new`;
      const next = openSync(temporary, 'w', 0o600);
      let size = 0;
      for (const entry of entries) size += write(next, entry, size);
      renameSync(temporary, file);
      closeSync(fd);
      fd = next;
      bytes = size;
      tornTail = false;
    },
    get bytes() {
      return bytes;
    },
    close: () => closeSync(fd),
  };
}

/** Returns the length in bytes of the readable part. */
function readLines(fd: number, file: string, replay: (entry: unknown) => void): number {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const decoder = new StringDecoder('utf8');
  let position = 0;
  let rest = '';
  let goodBytes = 0;
  let lineNumber = 0;
  let unreadable: number | undefined;
  for (;;) {
    const read = readSync(fd, chunk, 0, CHUNK_BYTES, position);
    if (read === 0) return goodBytes;
    position += read;
    const lines = (rest + decoder.write(chunk.subarray(0, read))).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      lineNumber += 1;
      if (unreadable !== undefined)
        throw new JournalDamaged(`${file}: line ${unreadable} is not JSON. Remove the file.`);
      const entry = parseLine(line);
      if (entry === undefined) {
        unreadable = lineNumber;
        continue;
      }
      replay(entry.value);
      goodBytes += Buffer.byteLength(line) + 1;
    }
  }
}

function parseLine(line: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(line) };
  } catch {
    return undefined;
  }
}
