import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** SHA-256 over texts, each with its length, so that no two lists of texts give the same. */
export function fingerprint(texts) {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}:`).update(text);
  return hash.digest('hex');
}

/** True when `output` exists and was made from inputs with this fingerprint. */
export async function isFresh(stampFile, print, output) {
  if (!existsSync(output)) return false;
  return (await readFile(stampFile, 'utf8').catch(() => '')) === print;
}

/** Remembers what an output was made from; called only after it is complete. */
export async function stamp(stampFile, print) {
  await mkdir(dirname(stampFile), { recursive: true });
  await writeFile(stampFile, print);
}
