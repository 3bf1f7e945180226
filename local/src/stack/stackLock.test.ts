import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { lockDataDir } from './stackLock.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'souk-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a second start on the same folder is refused, naming the first and what to do', async () => {
  const lock = await lockDataDir(folder);
  await expect(lockDataDir(folder)).rejects.toMatchObject({
    code: 'ALREADY_RUNNING',
    message: expect.stringContaining(`kill ${process.pid}`),
  });
  await lock.release();
  expect(await readdir(folder)).toEqual([]);
});

test('the lock of a process that is gone is taken over, also when its number was given out again', async () => {
  await writeFile(join(folder, 'lock.json'), JSON.stringify({ pid: process.pid, started: 'another time' }));
  const lock = await lockDataDir(folder);
  await lock.release();
});

test('a lock that was written half is taken over', async () => {
  await writeFile(join(folder, 'lock.json'), '{"pid": 1');
  const lock = await lockDataDir(folder);
  await lock.release();
});
