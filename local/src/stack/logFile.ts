import { closeSync, openSync } from 'node:fs';
import { copyFile, open, readFile, stat, truncate } from 'node:fs/promises';

const MAX_BYTES = 10 * 1024 * 1024;
const CHECK_EVERY_MS = 20_000;

export interface LogFile {
  readonly path: string;
  /** For a child's stdout and stderr: it writes by itself, so that its log neither costs us time nor ends with us. */
  readonly descriptor: number;
  close(): void;
}

/**
 * A log of bounded size: when it grows over 10 MB it is copied to `<path>.1` and begins again (what is written in that very
 * moment may be lost). Appends to what an earlier run left.
 */
export function openLogFile(path: string): LogFile {
  const descriptor = openSync(path, 'a', 0o640);
  const timer = setInterval(() => void rotate(path), CHECK_EVERY_MS);
  timer.unref();
  return {
    path,
    descriptor,
    close: () => {
      clearInterval(timer);
      closeSync(descriptor);
    },
  };
}

async function rotate(path: string): Promise<void> {
  try {
    if ((await stat(path)).size < MAX_BYTES) return;
    await copyFile(path, `${path}.1`);
    await truncate(path, 0);
  } catch {
    // A log that cannot be rotated (disk full) must not take the shop down; the next check tries again.
  }
}

/** The last lines of a log from a position on, for a person: JSON lines are shown as level, message and error. */
export async function lastLines(path: string, count: number, from = 0): Promise<string[]> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return [];
  await file.close();
  const text = (await readFile(path)).subarray(from).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .map(readable);
}

function readable(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const entry = JSON.parse(line) as { level?: unknown; msg?: unknown; err?: { message?: unknown; stack?: unknown } };
    const error = entry.err?.stack ?? entry.err?.message;
    return [entry.level, entry.msg, error].filter((part) => part !== undefined).join(' ');
  } catch {
    return line;
  }
}
