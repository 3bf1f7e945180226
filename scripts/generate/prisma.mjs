import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fingerprint, isFresh, stamp } from './fingerprint.mjs';

const require = createRequire(import.meta.url);

/**
 * Writes the Prisma client of one service into subgraphs/<service>/src/generated/prisma. Works offline: generating needs
 * no engine, and Prisma is given an executable that it never calls, so that it downloads none.
 * @returns {Promise<{ state: 'none' | 'fresh' | 'stale' | 'written' }>}
 */
export async function generatePrisma(root, service, { checkOnly = false } = {}) {
  const schema = join(root, 'prisma', service, 'schema.prisma');
  if (!existsSync(schema)) return { state: 'none' };
  const generated = join(root, 'subgraphs', service, 'src', 'generated');
  const output = join(generated, 'prisma', 'client.ts');
  const stampFile = join(generated, '.prisma.sha256');
  const print = fingerprint([
    await readFile(schema, 'utf8'),
    require('prisma/package.json').version,
    await readFile(import.meta.filename, 'utf8'),
  ]);
  if (await isFresh(stampFile, print, output)) return { state: 'fresh' };
  if (checkOnly) return { state: 'stale' };
  await runPrisma(root, schema);
  if (!existsSync(output)) {
    throw new Error(
      `prisma/${service}/schema.prisma: generator output must be "../../subgraphs/${service}/src/generated/prisma" (provider "prisma-client")`,
    );
  }
  await stamp(stampFile, print);
  return { state: 'written' };
}

function runPrisma(root, schema) {
  const cli = join(require.resolve('prisma/package.json'), '..', 'build', 'index.js');
  const child = spawn(process.execPath, [cli, 'generate', '--schema', schema, '--no-hints'], {
    cwd: root,
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
      NO_COLOR: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(output.trim()))));
  });
}
