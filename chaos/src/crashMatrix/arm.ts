import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FailpointName } from '@souk/runtime';
import type { ChaosShop } from '../shop/chaosShop.js';

/** Processes that have failpoints, by their names in the stack. */
export type CrashingProcess = 'order' | 'payment' | 'product' | 'cart' | 'worker';

/** What a process calls itself where it differs. */
const OWN_NAMES: Partial<Record<CrashingProcess, string>> = { worker: 'notification-worker' };
const ARM_PATIENCE_MS = 20_000;

/** A failpoint that is armed to kill its process. */
export interface Trap {
  readonly process: CrashingProcess;
  readonly failpoint: FailpointName;
  /** How often the process had been started again when this was armed. */
  readonly restartsBefore: number;
  /** Whether it has sprung: the process says so before it dies. */
  hasSprung(): Promise<boolean>;
  /** Whether the process is back at work since. */
  isBack(): boolean;
}

/** Arms a process that runs, and waits for its word that it is. `before` is armed beside it, to lead the way there. */
export async function arm(
  shop: ChaosShop,
  name: CrashingProcess,
  failpoint: FailpointName,
  before?: string,
): Promise<Trap> {
  const running = shop.stack.processes.get(name);
  if (running === undefined) throw new Error(`${name} does not run`);
  const file = join(shop.failpoints, OWN_NAMES[name] ?? name);
  const told = async (): Promise<string> => readFile(`${file}.log`, 'utf8').catch(() => '');
  const text = `${before === undefined ? '' : `${before};`}${failpoint}=kill@1`;
  const from = (await told()).length;
  await writeFile(`${file}.arm`, `${text}\n`);
  for (const deadline = Date.now() + ARM_PATIENCE_MS; ; ) {
    const { pid } = running;
    running.kill('SIGUSR2');
    await delay(60);
    if ((await told()).slice(from).includes(`armed ${pid} ${text}`)) break;
    if (Date.now() > deadline) throw new Error(`${name} does not take ${text}: ${(await told()).slice(from)}`);
  }
  const restartsBefore = running.restarts;
  return {
    process: name,
    failpoint,
    restartsBefore,
    hasSprung: async () => (await told()).slice(from).includes(`${failpoint} kill 1`),
    isBack: () => running.restarts > restartsBefore,
  };
}

/** Disarms a process that did not die. */
export async function disarm(shop: ChaosShop, name: CrashingProcess): Promise<void> {
  await writeFile(join(shop.failpoints, `${OWN_NAMES[name] ?? name}.arm`), '');
  shop.stack.processes.get(name)?.kill('SIGUSR2');
}
