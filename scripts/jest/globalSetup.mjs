import { spawn } from 'node:child_process';
import { mkdir, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';

/**
 * Starts the process that owns this run's stores. It starts none of them until a test asks (`createTestDatabase`, …), so
 * that a run of unit tests pays nothing, and it ends with Jest, however Jest ends. The source is bundled on the spot:
 * only the tests of the whole shop (tests/) depend on a build.
 */
export default async function globalSetup() {
  const root = resolve(import.meta.dirname, '..', '..');
  const cache = join(root, 'node_modules', '.cache', 'souk');
  await mkdir(cache, { recursive: true });
  const bundle = async (source, name) => {
    const outfile = join(cache, name);
    // Written under a name of its own and renamed: another run may be reading the file at this moment.
    const unfinished = `${outfile}.${process.pid}`;
    await build({
      entryPoints: [join(root, 'local', 'src', source)],
      outfile: unfinished,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      logLevel: 'error',
    });
    await rename(unfinished, outfile);
    return outfile;
  };
  const [program, documentStore] = await Promise.all([
    bundle('stores/testStores.ts', 'testStores.mjs'),
    bundle('documentStore/main.ts', 'documentStore.mjs'),
  ]);
  const child = spawn(process.execPath, [program, documentStore, join(root, 'local', 'dist', 'testShop.js')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  process.env.SOUK_TEST_STORES = await new Promise((found, failed) => {
    createInterface({ input: child.stdout }).once('line', found);
    child.once('error', failed);
    child.once('close', (code) => failed(new Error(`the process of the test stores ended with ${code}`)));
  });
  globalThis.__SOUK_TEST_STORES__ = child;
}
