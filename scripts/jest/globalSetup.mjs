import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';

/**
 * Starts the process that owns this run's stores. It starts none of them until a test asks (`createTestDatabase`, …), so
 * that a run of unit tests pays nothing, and it ends with Jest, however Jest ends. The source is bundled on the spot:
 * tests never depend on a build.
 */
export default async function globalSetup() {
  const root = resolve(import.meta.dirname, '..', '..');
  const cache = join(root, 'node_modules', '.cache', 'souk');
  await mkdir(cache, { recursive: true });
  const outfile = join(cache, 'testStores.mjs');
  await build({
    entryPoints: [join(root, 'local', 'src', 'stores', 'testStores.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  const child = spawn(process.execPath, [outfile], { stdio: ['pipe', 'pipe', 'inherit'] });
  process.env.SOUK_TEST_STORES = await new Promise((found, failed) => {
    createInterface({ input: child.stdout }).once('line', found);
    child.once('error', failed);
    child.once('close', (code) => failed(new Error(`the process of the test stores ended with ${code}`)));
  });
  globalThis.__SOUK_TEST_STORES__ = child;
}
