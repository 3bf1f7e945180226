import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const bundle = join('node_modules', '.cache', 'souk', 'lifecycle.test.bundle.mjs');
beforeAll(() =>
  build({
    entryPoints: ['packages/runtime/src/lifecycle.ts'],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  }),
);

/** Runs a service whose body is `code` in a process of its own; `life` is at hand. */
function service(code: string) {
  const program = `import { runService } from ${JSON.stringify(pathToFileURL(bundle).href)};
    const logger = { info() {}, error: (o, m) => console.log('error', m ?? o, JSON.stringify(o)), fatal: (o, m) => console.log('fatal', m) };
    const keepAlive = setInterval(() => {}, 1000);
    runService('test', async (life) => { ${code}; console.log('up'); return { logger, shutdownTimeoutMs: 300 }; });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
    if (output.includes('up\n')) child.emit('up');
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const ended = once(child, 'close').then(([status]) => ({ status: status as number, output }));
  return { child, ended };
}

test('SIGTERM closes what was registered, last first, and ends with status 0', async () => {
  const { child, ended } = service(
    "for (const n of ['database', 'server']) life.onShutdown(n, async () => console.log('closed', n))",
  );
  await once(child, 'up');
  child.kill('SIGTERM');
  expect(await ended).toEqual({ status: 0, output: 'up\nclosed server\nclosed database\n' });
});

test('what does not close in time is named, and the process ends', async () => {
  const { child, ended } = service("life.onShutdown('stuck', () => new Promise(() => {}))");
  await once(child, 'up');
  child.kill('SIGTERM');
  const { status, output } = await ended;
  expect(status).toBe(1);
  expect(output).toContain('"waitingFor":["stuck"]');
});

test('a start that fails closes what was started, says why, and ends with status 1', async () => {
  const { ended } = service(
    "life.onShutdown('database', async () => console.log('closed')); throw new Error('no database')",
  );
  const { status, output } = await ended;
  expect(status).toBe(1);
  expect(output).toContain('no database');
  expect(output).toContain('closed');
});
