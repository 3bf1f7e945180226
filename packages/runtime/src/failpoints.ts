import { appendFileSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { ConfigError } from './config.js';
import { FAILPOINTS, type FailpointName } from './failpointNames.js';

type Action =
  | { readonly kind: 'kill' | 'error' | 'hang' | 'drop' }
  | { readonly kind: 'delay'; readonly milliseconds: number };

interface Trap {
  readonly action: Action;
  /** At the n-th passing only; null: at each one. */
  readonly hit: number | null;
  /** In percent of the passings. */
  readonly chance: number;
}

/** Thrown by the action `error`. */
export class FailpointError extends Error {
  override readonly name = 'FailpointError';
}

let armed = false;
let traps: ReadonlyMap<FailpointName, Trap> = new Map();
const passed = new Map<FailpointName, number>();
let random = randomFrom(1);
let report: (line: string) => void = () => undefined;

/**
 * A named place where a test may kill this process, or make it fail, wait or lose its connections. Costs one check of a boolean when
 * nothing is armed, which is always so in production. To be awaited.
 * @throws FailpointError when armed with `error`.
 */
export function failpoint(name: FailpointName): Promise<void> | undefined {
  return armed ? spring(name) : undefined;
}

async function spring(name: FailpointName): Promise<void> {
  const trap = traps.get(name);
  if (trap === undefined) return;
  const hits = (passed.get(name) ?? 0) + 1;
  passed.set(name, hits);
  if (trap.hit !== null && trap.hit !== hits) return;
  if (trap.chance < 100 && random() * 100 >= trap.chance) return;
  report(`${name} ${trap.action.kind} ${hits}`);
  switch (trap.action.kind) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      return new Promise(() => undefined);
    case 'error':
      throw new FailpointError(`failpoint ${name}`);
    case 'hang':
      return new Promise(() => undefined);
    case 'delay': {
      const { milliseconds } = trap.action;
      return new Promise((resolve) => setTimeout(resolve, milliseconds));
    }
    case 'drop':
      return dropConnections();
  }
}

/** Cuts every TCP connection of this process, as a network that fails does. */
function dropConnections(): void {
  const { _getActiveHandles } = process as unknown as { _getActiveHandles(): unknown[] };
  for (const handle of _getActiveHandles.call(process)) {
    if (handle instanceof Socket && handle.remotePort !== undefined) handle.resetAndDestroy();
  }
}

/**
 * Arms what a text says, instead of what was armed before: `name=kill@3;other=error%5;third=delay:200;seed=7`. Actions: `kill` (SIGKILL
 * to this process), `error`, `hang`, `drop` (cuts its connections), `delay:<ms>`. `@n`: at the n-th passing only; `%p`: at p percent of
 * them, drawn from `seed`. An empty text disarms all.
 * @throws ConfigError naming each fault of the text.
 */
export function armFailpoints(text: string): void {
  const entries = text.split(';').flatMap((entry) => (entry.trim() === '' ? [] : [entry.trim()]));
  const next = new Map<FailpointName, Trap>();
  const faults: string[] = [];
  let seed = 1;
  for (const entry of entries) {
    const [, name = '', rule = ''] = /^([\w.]+)=(\S+)$/.exec(entry) ?? [];
    const trap = trapOf(rule);
    if (name === 'seed' && /^\d+$/.test(rule)) seed = Number(rule);
    else if (!(name in FAILPOINTS)) faults.push(`FAILPOINTS: there is no failpoint in "${entry}"`);
    else if (trap === undefined)
      faults.push(`FAILPOINTS: "${entry}" is not kill, error, hang, drop or delay:<ms>, with @n or %p`);
    else next.set(name as FailpointName, trap);
  }
  if (faults.length > 0) throw new ConfigError(faults);
  traps = next;
  passed.clear();
  random = randomFrom(seed);
  armed = next.size > 0;
}

function trapOf(rule: string): Trap | undefined {
  const [, kind, milliseconds, hit, chance] =
    /^(kill|error|hang|drop|delay:(\d{1,6}))(?:@(\d{1,9})|%(\d{1,3}))?$/.exec(rule) ?? [];
  if (kind === undefined) return undefined;
  const action: Action =
    milliseconds === undefined
      ? { kind: kind as Exclude<Action['kind'], 'delay'> }
      : { kind: 'delay', milliseconds: Number(milliseconds) };
  return { action, hit: hit === undefined ? null : Number(hit), chance: chance === undefined ? 100 : Number(chance) };
}

/**
 * Called once by each process at its start, with what `FAILPOINTS` says: nothing; what to arm; or `@<directory>`, which arms nothing
 * yet: at each SIGUSR2 the process reads `<directory>/<process>.arm`, and it writes what it armed and what sprang to
 * `<directory>/<process>.log`. So nothing but the owner of that directory and of this process can arm anything.
 * @throws ConfigError in production, where FAILPOINTS must not be set, and when its text is faulty.
 */
export function prepareFailpoints(processName: string, env: NodeJS.ProcessEnv): void {
  const text = env.FAILPOINTS ?? '';
  if (text === '') return;
  if (env.NODE_ENV === 'production') {
    throw new ConfigError(['FAILPOINTS is set: failpoints are for tests, production refuses them. Unset it']);
  }
  if (!text.startsWith('@')) {
    armFailpoints(text);
    return;
  }
  const file = join(text.slice(1), processName);
  // synchronous: the next thing this process does may be to die
  report = (line) => appendFileSync(`${file}.log`, `${line}\n`);
  process.on('SIGUSR2', () => {
    try {
      const wanted = readFileSync(`${file}.arm`, 'utf8').trim();
      armFailpoints(wanted);
      report(`armed ${process.pid} ${wanted}`);
    } catch (error) {
      report(`refused ${process.pid} ${error instanceof Error ? error.message : 'unknown'}`);
    }
  });
}

/** The same numbers for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
