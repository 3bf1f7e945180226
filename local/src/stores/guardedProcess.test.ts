import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import { eventually } from '@souk/testkit';
import { build } from 'esbuild';
import { startGuardedProcess } from './guardedProcess.js';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('stop asks with the given signal and waits until the program has closed', async () => {
  const lines: string[] = [];
  const running = await startGuardedProcess({
    command: ['/bin/sh', '-c', 'trap "echo closing; exit 0" TERM; echo up; while :; do sleep 0.05; done'],
    stopSignal: 'TERM',
    onLine: (line) => lines.push(line),
  });
  await eventually(() => lines.includes('up'));
  await running.stop(5_000);
  expect(lines).toEqual(['up', 'closing']);
  expect(isAlive(running.pid)).toBe(false);
});

test('a program that ignores the signal is ended after the deadline', async () => {
  const running = await startGuardedProcess({
    command: ['/bin/sh', '-c', 'trap "" TERM; while :; do sleep 0.05; done'],
    stopSignal: 'TERM',
  });
  await running.stop(200);
  expect(isAlive(running.pid)).toBe(false);
});

test('an exit of the program is told with its code and last lines', async () => {
  const running = await startGuardedProcess({
    command: ['/bin/sh', '-c', 'echo broken >&2; exit 3'],
    stopSignal: 'TERM',
  });
  expect(await running.exited).toBe(3);
  expect(running.lastLines()).toEqual(['broken']);
});

test('the program ends when its owner is killed with SIGKILL', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'souk-guard-'));
  const owner = join(folder, 'owner.mjs');
  await build({
    stdin: {
      contents: `import { startGuardedProcess } from ${JSON.stringify(join(import.meta.dirname, 'guardedProcess.ts'))};
        const running = await startGuardedProcess({ command: ['/bin/sleep', '60'], stopSignal: 'TERM' });
        console.log(running.pid);`,
      resolveDir: folder,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: owner,
    logLevel: 'error',
  });
  const child = spawn(process.execPath, [owner], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const pid = Number(line);
  expect(isAlive(pid)).toBe(true);
  child.kill('SIGKILL');
  await eventually(() => !isAlive(pid));
  await rm(folder, { recursive: true });
});
