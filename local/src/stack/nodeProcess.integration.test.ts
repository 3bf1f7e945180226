import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type LogFile, openLogFile } from './logFile.js';
import { type NodeProcessOptions, startNodeProcess } from './nodeProcess.js';

let folder: string;
let log: LogFile;
const abort = new AbortController();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'souk-node-'));
  log = openLogFile(join(folder, 'program.log'));
});
afterEach(async () => {
  log.close();
  await rm(folder, { recursive: true });
});

async function options(source: string, more: Partial<NodeProcessOptions> = {}): Promise<NodeProcessOptions> {
  const entry = join(folder, 'program.mjs');
  await writeFile(entry, source);
  return {
    name: 'order',
    entry,
    cwd: folder,
    env: process.env,
    log,
    isReady: async () => false,
    readyTimeoutMs: 20_000,
    signal: abort.signal,
    ...more,
  };
}

test('a program that ends while starting is reported with its last words', async () => {
  const source = `console.log(JSON.stringify({ level: 'fatal', msg: 'could not start', err: { stack: 'Error: no database' } })); process.exit(78);`;
  await expect(startNodeProcess(await options(source))).rejects.toMatchObject({
    code: 'PROCESS_FAILED',
    message: expect.stringContaining('order ended while starting. Its last words'),
  });
  await expect(startNodeProcess(await options(source))).rejects.toThrow('fatal could not start Error: no database');
});

test('a program that never becomes ready is ended and reported', async () => {
  const source = `setInterval(() => {}, 1000); console.log('waiting for nothing');`;
  await expect(startNodeProcess(await options(source, { readyTimeoutMs: 600 }))).rejects.toThrow(
    'order was not ready after 0.6 s',
  );
});

test('a start that is given up ends the program', async () => {
  const given = new AbortController();
  const source = `setInterval(() => {}, 1000);`;
  const starting = startNodeProcess(await options(source, { signal: given.signal }));
  given.abort(new Error('given up'));
  await expect(starting).rejects.toThrow('given up');
});

test('stop lets the program finish what it does on SIGTERM', async () => {
  const source = `process.on('SIGTERM', () => { console.log('drained'); process.exit(0); }); setInterval(() => {}, 1000); console.log('up');`;
  const { readFile } = await import('node:fs/promises');
  const isReady = async () => (await readFile(log.path, 'utf8')).includes('up');
  const running = await startNodeProcess(await options(source, { isReady }));
  await running.stop(5_000);
  expect(await readFile(log.path, 'utf8')).toBe('up\ndrained\n');
});

test('a program whose launcher is killed with SIGKILL drains and ends', async () => {
  const { spawn } = await import('node:child_process');
  const { readFile } = await import('node:fs/promises');
  const { build } = await import('esbuild');
  const { eventually } = await import('@souk/testkit');
  const source = `process.on('SIGTERM', () => { console.log('drained'); process.exit(0); }); setInterval(() => {}, 1000); console.log('up');`;
  const { entry } = await options(source);
  const owner = join(folder, 'owner.mjs');
  await build({
    stdin: {
      contents: `import { startNodeProcess } from ${JSON.stringify(join(import.meta.dirname, 'nodeProcess.ts'))};
        import { openLogFile } from ${JSON.stringify(join(import.meta.dirname, 'logFile.ts'))};
        await startNodeProcess({ name: 'order', entry: ${JSON.stringify(entry)}, cwd: '.', env: process.env,
          log: openLogFile(${JSON.stringify(log.path)}), isReady: async () => true, readyTimeoutMs: 5000,
          signal: new AbortController().signal });
        setInterval(() => {}, 1000);`,
      resolveDir: folder,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: owner,
    logLevel: 'error',
  });
  const launcher = spawn(process.execPath, [owner], { stdio: 'inherit' });
  await eventually(async () => expect(await readFile(log.path, 'utf8')).toBe('up\n'));
  launcher.kill('SIGKILL');
  await eventually(async () => expect(await readFile(log.path, 'utf8')).toBe('up\ndrained\n'));
});
