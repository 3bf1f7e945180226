import { afterEach, expect, test } from '@jest/globals';
import { eventually } from '@souk/testkit';
import { type Running, type SupervisedProcess, supervise } from './supervised.js';

/** A program that is only a promise. */
function program(pid: number): Running & { end(): void } {
  let end: () => void = () => undefined;
  const exited = new Promise<string>((resolve) => {
    end = () => resolve('SIGKILL');
  });
  return { pid, exited, end, signal: () => end(), stop: async () => end() };
}

let supervised: SupervisedProcess | undefined;
afterEach(() => supervised?.stop());

async function superviseFake(failures: number[] = []) {
  const started: ReturnType<typeof program>[] = [];
  const lines: string[] = [];
  let attempts = 0;
  supervised = await supervise({
    name: 'order',
    url: 'http://127.0.0.1:1',
    start: async () => {
      attempts += 1;
      if (failures.includes(attempts)) throw new Error(`attempt ${attempts} failed`);
      const next = program(attempts);
      started.push(next);
      return next;
    },
    stopDeadlineMs: 100,
    log: (line) => lines.push(line),
    onStarted: () => undefined,
  });
  return { supervised, started, lines };
}

test('a program that crashes is started again', async () => {
  const { supervised, started, lines } = await superviseFake();
  started[0]?.end();
  await eventually(() => expect(supervised.pid).toBe(2));
  expect(supervised.restarts).toBe(1);
  expect(lines).toEqual(['order has ended (SIGKILL); starting it again in 250 ms']);
});

test('a restart that fails is tried again, after a longer pause', async () => {
  const { supervised, started, lines } = await superviseFake([2]);
  started[0]?.end();
  await eventually(() => expect(supervised.pid).toBe(3));
  expect(lines).toEqual([
    'order has ended (SIGKILL); starting it again in 250 ms',
    'order does not start: attempt 2 failed',
    'order has ended (SIGKILL); starting it again in 500 ms',
  ]);
});

test('restart ends the program properly and resolves when the next one is ready', async () => {
  const { supervised, started } = await superviseFake();
  await supervised.restart();
  expect(supervised.pid).toBe(2);
  await started[0]?.exited;
  expect(started).toHaveLength(2);
});

test('a program that was stopped stays stopped', async () => {
  const { supervised, started } = await superviseFake();
  await supervised.stop();
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(started).toHaveLength(1);
});

test('a first start that fails is not repeated: it is reported', async () => {
  await expect(superviseFake([1])).rejects.toThrow('attempt 1 failed');
});
