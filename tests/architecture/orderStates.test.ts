import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ORDER_TRANSITIONS } from '../../subgraphs/order/src/domain/orderStates.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const check = (file: string) =>
  new Promise<number>((resolve) => {
    execFile(process.execPath, [join(root, 'scripts/order-states.mjs'), '--check', file], (error) =>
      resolve(typeof error?.code === 'number' ? error.code : 0),
    );
  });

test('a drawing of the states that is not what the tables say is found', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'souk-states-'));
  const drawn = await readFile(join(root, 'docs/order-states.md'), 'utf8');
  const [same, other] = [join(folder, 'same.md'), join(folder, 'other.md')];
  await writeFile(same, drawn);
  await writeFile(other, drawn.replace('PENDING_PAYMENT --> EXPIRED: expire', 'CONFIRMED --> EXPIRED: expire'));
  expect(await Promise.all([check(same), check(other)])).toEqual([0, 1]);
  await rm(folder, { recursive: true });
});

test('each step of an order is drawn as an arrow', async () => {
  const drawn = await readFile(join(root, 'docs/order-states.md'), 'utf8');
  for (const [step, { from, to }] of Object.entries(ORDER_TRANSITIONS)) {
    for (const state of from) {
      const arrow = new RegExp(`^    ${state} --> ${to}: .*\\b${step.toLowerCase().replaceAll('_', ' ')}\\b`, 'm');
      expect(drawn).toMatch(arrow);
    }
  }
});
