/**
 * `npm run build:console`: bundles the console (GraphiQL with the shop's operations) from gateway/console/src into
 * gateway/console/dist, with everything it needs: it loads nothing from elsewhere. Does nothing when nothing changed.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { readOperations } from './schema/operations.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const console_ = join(root, 'gateway', 'console');
const dist = join(console_, 'dist');
const output = join(dist, 'app');
const stamp = join(dist, 'built-from');

async function bundle() {
  const common = {
    bundle: true,
    minify: true,
    write: false,
    target: 'es2022',
    outdir: output,
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    absWorkingDir: root,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.ttf': 'file' },
  };
  const workers = await build({
    ...common,
    format: 'iife',
    entryPoints: {
      editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
      json: 'monaco-editor/esm/vs/language/json/json.worker.js',
      graphql: 'monaco-graphql/esm/graphql.worker.js',
    },
  });
  const workerFiles = Object.fromEntries(
    workers.outputFiles.map(({ path }) => [basename(path).split('-')[0], basename(path)]),
  );
  const app = await build({
    ...common,
    format: 'esm',
    splitting: true,
    jsx: 'automatic',
    entryPoints: { console: join(console_, 'src', 'main.tsx') },
    define: { ...common.define, SOUK_WORKERS: JSON.stringify(workerFiles) },
    plugins: [operationsPlugin],
  });

  const files = [...workers.outputFiles, ...app.outputFiles];
  const entry = (extension) => {
    const file = files.find(({ path }) => new RegExp(`^console-\\w+\\.${extension}$`).test(basename(path)));
    return `/console/${basename(file.path)}`;
  };
  const page = readFileSync(join(console_, 'index.html'), 'utf8')
    .replace('{{style}}', entry('css'))
    .replace('{{script}}', entry('js'));

  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  writeFileSync(join(output, 'index.html'), page);
  for (const { path, contents } of files) writeFileSync(join(output, `${basename(path)}.gz`), gzipSync(contents));
}

/** `import { operations } from 'souk:operations'`: the client journeys of schema/operations. */
const operationsPlugin = {
  name: 'souk-operations',
  setup(build_) {
    build_.onResolve({ filter: /^souk:operations$/ }, () => ({ path: 'operations', namespace: 'souk' }));
    build_.onLoad({ filter: /^operations$/, namespace: 'souk' }, () => {
      const operations = readOperations(join(root, 'schema', 'operations')).map(
        ({ role, name, title, text, variables, document }) => ({
          role,
          name,
          title,
          kind: document.definitions.find(({ kind }) => kind === 'OperationDefinition').operation,
          text,
          variables,
        }),
      );
      return { contents: `export const operations = ${JSON.stringify(operations)};`, loader: 'js' };
    });
  },
};

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function fingerprintOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/**
 * Builds the console unless it is up to date.
 * @returns {Promise<boolean>} whether it was built
 */
export async function buildConsole() {
  const fingerprint = fingerprintOf([
    join(console_, 'index.html'),
    ...filesOf(join(console_, 'src')),
    ...filesOf(join(root, 'schema', 'operations')),
    join(root, 'package-lock.json'),
    fileURLToPath(import.meta.url),
  ]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return false;
  await bundle();
  writeFileSync(stamp, fingerprint);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = performance.now();
  const built = await buildConsole();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(built ? `Built the console in ${seconds} s.` : 'The console is up to date.');
}
