import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { familiesOf } from './processFamilies.js';

/**
 * Gives the thread that runs all services one CPU and Postgres another; the rest (V8's helpers, Redis, the stand-ins, the shoppers)
 * runs where the kernel puts it. Processes that Postgres starts later stay with it. Linux only; throws with fewer than two CPUs.
 */
export function pin(pids: Readonly<Record<string, number>>): void {
  const { 'all services': services, postgres } = pids;
  if (services === undefined || postgres === undefined) throw new Error('--pin is for --one-process');
  if (cpus().length < 2) throw new Error('--pin needs two CPUs');
  taskset('-pc', 0, services);
  for (const pid of familiesOf({ postgres }).postgres ?? []) taskset('-apc', 1, pid);
}

function taskset(option: '-pc' | '-apc', cpu: number, pid: number): void {
  const { error, status, stderr } = spawnSync('taskset', [option, String(cpu), String(pid)], { encoding: 'utf8' });
  if (error ?? status !== 0) throw new Error(`taskset (of util-linux) failed: ${error?.message ?? stderr}`);
}
