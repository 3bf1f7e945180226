import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { eventually } from '@souk/testkit';
import { build } from 'esbuild';
import pg from 'pg';
import { createClient } from 'redis';
import { readState, type StackState } from './stack/stateFiles.js';
import { isPortBusy } from './stores/ports.js';
import { makeReachable } from './stores/testing/makeReachable.js';

// Each test starts a Postgres, some two: on a busy machine that can take a while.
jest.setTimeout(120_000);

const root = resolve(import.meta.dirname, '..', '..');

/** Runs the real launcher, in a process of its own, with the two stores that need nothing compiled. */
describe('the launcher', () => {
  let folder: string;
  let program: string;
  let launcher: ChildProcess | undefined;

  beforeAll(async () => {
    folder = await makeReachable(await mkdtemp('/tmp/souk-stack-'));
    program = join(root, 'node_modules', '.cache', 'souk', `launcher-${process.pid}.mjs`);
    await build({
      stdin: {
        contents: `import { explainStartError, start } from './local/src/start.ts';
          start(process.argv.slice(2), Date.now()).catch((error) => {
            const text = explainStartError(error);
            if (text === undefined) throw error;
            console.error(text);
            process.exit(1);
          });`,
        resolveDir: root,
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      alias: { '@souk/postgres/migrate': join(root, 'packages', 'postgres', 'src', 'migrate.ts') },
      outfile: program,
      logLevel: 'error',
    });
  });
  afterEach(async () => {
    if (launcher !== undefined && launcher.exitCode === null && launcher.signalCode === null) {
      launcher.kill('SIGTERM');
      await once(launcher, 'exit');
    }
    launcher = undefined;
  });
  afterAll(async () => {
    await rm(program, { force: true });
    await rm(folder, { recursive: true, force: true });
  });

  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const child = spawn(process.execPath, [program, '--only', 'postgres,redis', ...args], {
      cwd: root,
      env: { ...process.env, NODE_ENV: 'development', SOUK_DATA_DIR: folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    return { child, output: () => output };
  };
  const startUp = async (): Promise<{ state: StackState; output: () => string }> => {
    const { child, output } = run(['--random-ports']);
    launcher = child;
    await eventually(() => output().includes('Souk is open') || child.exitCode !== null, { timeoutMs: 50_000 });
    expect(output()).toContain('Souk is open');
    return { state: (await readState(folder)) as StackState, output };
  };
  const variable = async (name: string): Promise<string> => {
    const text = await readFile(join(folder, 'stack.env'), 'utf8');
    return new RegExp(`^${name}='(.*)'$`, 'm').exec(text)?.[1] ?? '';
  };
  const portsOf = (state: StackState): number[] =>
    [state.processes.postgres?.url, state.processes.redis?.url].map((url) => Number(new URL(url ?? '').port));
  const expectNothingLeft = (state: StackState) =>
    eventually(
      async () => {
        for (const port of portsOf(state)) expect(await isPortBusy(port)).toBe(false);
        for (const { pid } of Object.values(state.processes)) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
      },
      { timeoutMs: 30_000 },
    );

  test('Ctrl-C stops everything in order and leaves no process, no lock and no pid file', async () => {
    const { state, output } = await startUp();
    launcher?.kill('SIGINT');
    await once(launcher as ChildProcess, 'exit');
    expect(launcher?.exitCode).toBe(0);
    expect(output()).toContain('Stopped. Everything is kept for the next start.');
    await expectNothingLeft(state);
    expect((await readdir(folder)).sort()).toEqual(['logs', 'postgres', 'redis', 'secrets.json', 'standIns']);
  });

  test('killed with SIGKILL it leaves no process behind, and what was committed is there at the next start', async () => {
    const first = await startUp();
    const database = new pg.Client({ connectionString: await variable('DATABASE_URL_ORDER') });
    database.on('error', () => undefined);
    await database.connect();
    await database.query('CREATE TABLE IF NOT EXISTS kept (id int); INSERT INTO kept VALUES (1)');
    const redis = createClient({ url: await variable('REDIS_URL') });
    redis.on('error', () => undefined);
    await redis.connect();
    await redis.set('kept', 'yes');
    redis.destroy();

    launcher?.kill('SIGKILL');
    await expectNothingLeft(first.state);
    await database.end().catch(() => undefined);

    await startUp();
    const again = new pg.Client({ connectionString: await variable('DATABASE_URL_ORDER') });
    await again.connect();
    expect((await again.query('SELECT id FROM kept')).rows).toEqual([{ id: 1 }]);
    await again.end();
    const redisAgain = createClient({ url: await variable('REDIS_URL') });
    await redisAgain.connect();
    expect(await redisAgain.get('kept')).toBe('yes');
    redisAgain.destroy();
  });

  test('a store that is killed is started again', async () => {
    const { state, output } = await startUp();
    process.kill(state.processes.redis?.pid ?? -1, 'SIGKILL');
    await eventually(
      async () => {
        const now = await readState(folder);
        expect(now?.processes.redis?.pid).toBeGreaterThan(0);
        expect(now?.processes.redis?.pid).not.toBe(state.processes.redis?.pid);
      },
      { timeoutMs: 30_000 },
    );
    expect(output()).toMatch(/redis has ended \(\S+ ?\S*\); starting it again/);
  });

  test('a second start on the same folder is refused and leaves the first alone', async () => {
    const { state } = await startUp();
    const second = run(['--random-ports']);
    await once(second.child, 'exit');
    expect(second.child.exitCode).toBe(1);
    expect(second.output()).toContain(`Souk already runs on ${folder} (process ${launcher?.pid})`);
    expect(second.output()).not.toContain('    at ');
    for (const port of portsOf(state)) expect(await isPortBusy(port)).toBe(true);
  });

  test('a busy port is reported with its holder and its variable, and nothing is left running', async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const port = (server.address() as { port: number }).port;
    const second = run([], { SOUK_PORT_REDIS: String(port), SOUK_PORT_POSTGRES: '0' });
    await once(second.child, 'exit');
    expect(second.child.exitCode).toBe(1);
    expect(second.output()).toContain(`Port ${port} is needed for redis, but process ${process.pid}`);
    expect(second.output()).toContain(`SOUK_PORT_REDIS=${port + 1} npm start`);
    expect(second.output()).not.toContain('    at ');
    expect(await readdir(folder)).not.toContain('lock.json');
    await new Promise((closed) => server.close(closed));
  });
});
