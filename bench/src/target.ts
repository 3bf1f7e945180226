import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { BEHIND_GATEWAY } from '@souk/local/stack/names';

/** A running shop to measure: where its processes are, and the secret to call a subgraph directly. */
export interface Target {
  readonly urls: Readonly<Record<'graphql' | 'gateway' | 'product' | 'standIns', string> & Record<string, string>>;
  readonly pids: Readonly<Record<string, number>>;
  /** Of whose metrics the sum is what all services have done: each service, or the one process of all of them. */
  readonly metered: readonly string[];
  readonly identitySecret: string;
  /** The key that signs access tokens, as JSON. */
  readonly accessTokenJwk: string;
}

/** Reads what `startStack` left in its data folder. */
export function targetOf(dataDir: string): Target {
  const state = JSON.parse(readFileSync(join(dataDir, 'stack.json'), 'utf8')) as {
    urls: Target['urls'];
    processes: Record<string, { pid: number }>;
  };
  const env = parseEnv(readFileSync(join(dataDir, 'stack.env'), 'utf8'));
  const isOneProcess = state.processes.order === undefined;
  const shown = (name: string) => (isOneProcess && name === 'gateway' ? 'all services' : name);
  return {
    urls: state.urls,
    pids: Object.fromEntries(Object.entries(state.processes).map(([name, { pid }]) => [shown(name), pid])),
    metered: isOneProcess ? ['gateway'] : BEHIND_GATEWAY,
    identitySecret: env.IDENTITY_SECRET ?? '',
    accessTokenJwk: env.ACCESS_TOKEN_PRIVATE_JWK ?? '',
  };
}
