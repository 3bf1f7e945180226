import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { operationText } from '@souk/local/shopper';
import { createIdentityVerifier, signIdentity, type Viewer } from '@souk/runtime';
import { Pool } from 'undici';
import { cpuTimeOf } from './cpuTime.js';
import { measure } from './load.js';
import type { Target } from './target.js';

/** What the product listing costs with one kind of caller. Milliseconds. */
export interface ListingCost {
  readonly name: string;
  readonly count: number;
  readonly errors: number;
  readonly perSecond: number;
  readonly p50: number;
  /** CPU of gateway and product service for one request; NaN where the system does not tell. */
  readonly cpuMs: number;
}

export interface AuthorizationCost {
  readonly listing: readonly ListingCost[];
  /** Microseconds for one request: signing what the gateway sends, and checking it in the subgraph. */
  readonly hopMicroseconds: number;
  /** Share of the listing's CPU time that a verified token takes, both signing and checking of the hop included. */
  readonly share: number;
}

const ROUNDS = 20;

/**
 * Measures the product listing as a guest, with a token that was verified before, and with a token that the gateway has never seen (so
 * that each request verifies one), in turns of a fraction of `seconds` each: what else the machine does falls on all of them.
 */
export async function measureAuthorization(
  target: Target,
  o: { seconds: number; warmup: number; concurrency: number; say: (line: string) => void },
): Promise<AuthorizationCost> {
  const { origin, pathname } = new URL(target.urls.graphql);
  const pool = new Pool(origin, { connections: 64, keepAliveTimeout: 60_000 });
  const body = JSON.stringify({ query: operationText('ProductListing'), variables: { first: 24 } });
  const issue = tokenIssuer(target);
  const known = issue();
  const fresh: string[] = [];
  const list = async (token: string | undefined): Promise<void> => {
    const response = await pool.request({
      path: pathname,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body,
    });
    const text = await response.body.text();
    if (response.statusCode !== 200 || text.includes('"errors"')) throw new Error(`${response.statusCode} ${text}`);
  };
  const kinds = [
    { name: 'a guest', work: () => list(undefined) },
    { name: 'a verified token', work: () => list(known) },
    { name: 'a token seen for the first time', work: () => list(fresh.pop() ?? issue()) },
  ];

  const sums = kinds.map(({ name }) => ({
    name,
    count: 0,
    errors: 0,
    seconds: 0,
    p50s: [] as number[],
    cpus: [] as number[],
  }));
  const slice = async (at: number, seconds: number, isCounted: boolean) => {
    const kind = kinds[at] as (typeof kinds)[number];
    // Made beforehand: what the issuer's cryptography costs is not the gateway's.
    if (at === 2) fresh.push(...Array.from({ length: Math.ceil(seconds * 3_000) }, issue));
    const before = cpuOf(target);
    const measured = await measure({ ...kind, concurrency: o.concurrency, seconds });
    fresh.length = 0;
    const sum = sums[at] as (typeof sums)[number];
    if (!isCounted) return;
    sum.count += measured.count;
    sum.errors += measured.errors;
    sum.seconds += measured.seconds;
    sum.p50s.push(measured.p50);
    sum.cpus.push((cpuOf(target) - before) / measured.count);
  };
  for (const at of kinds.keys()) await slice(at, o.warmup / kinds.length, false);
  for (let round = 0; round < ROUNDS; round += 1) {
    o.say(`authorization, round ${round + 1} of ${ROUNDS} …`);
    for (const at of kinds.keys()) await slice((at + round) % kinds.length, o.seconds / ROUNDS, true);
  }
  await pool.close();

  const listing = sums.map(({ name, count, errors, seconds, p50s, cpus }) => ({
    name,
    count,
    errors,
    perSecond: count / seconds,
    p50: median(p50s),
    cpuMs: median(cpus),
  }));
  // Round by round, since what else the machine does changes slowly.
  const [guest, verified] = sums as [(typeof sums)[number], (typeof sums)[number]];
  const added = median(verified.cpus.map((cpu, round) => cpu - (guest.cpus[round] ?? Number.NaN)));
  const hopMicroseconds = costOfHop(body);
  return { listing, hopMicroseconds, share: (added + hopMicroseconds / 1_000) / median(verified.cpus) };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** CPU of the two processes that answer a listing, so far. */
function cpuOf(target: Target): number {
  const { gateway = Number.NaN, product = Number.NaN } = cpuTimeOf({
    gateway: target.pids.gateway as number,
    product: target.pids.product as number,
  });
  return gateway + product;
}

/** Makes access tokens of the shop, each another one, as the user service does. */
function tokenIssuer(target: Target): () => string {
  const jwk = JSON.parse(target.accessTokenJwk) as { x: string };
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = part({ alg: 'EdDSA', typ: 'at+jwt' });
  return () => {
    const now = Date.now() / 1_000;
    const claims = {
      iss: 'souk',
      aud: 'souk',
      sub: 'usr_bench',
      sid: 'ses_bench',
      iat: now,
      exp: Math.floor(now) + 600,
    };
    const text = `${head}.${part({ ...claims, jti: randomUUID(), roles: ['CUSTOMER'], scopes: [] })}`;
    return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
  };
}

function costOfHop(body: string): number {
  const secret = 'ab'.repeat(32);
  const viewer: Viewer = { kind: 'user', userId: 'usr_bench', sessionId: 'ses_bench', roles: ['CUSTOMER'], scopes: [] };
  const verify = createIdentityVerifier({ secret, service: 'product' });
  const runs = 20_000;
  /** Of this process's CPU time: others on the machine do not count. */
  const run = () => {
    const from = process.cpuUsage();
    for (let n = 0; n < runs; n += 1)
      verify(signIdentity({ secret, from: 'gateway', to: 'product', viewer, body }), body);
    const { user, system } = process.cpuUsage(from);
    return (user + system) / runs;
  };
  run();
  return Math.min(run(), run(), run());
}

/** The measurement as a Markdown table and a sentence. */
export function authorizationMarkdown({ listing, hopMicroseconds, share }: AuthorizationCost): string {
  const rows = listing.map(
    ({ name, perSecond, p50, cpuMs, errors }) =>
      `| ${[name, perSecond.toFixed(0), p50.toFixed(1), cpuMs.toFixed(3), errors].join(' | ')} |`,
  );
  const [, verified, first] = listing as [ListingCost, ListingCost, ListingCost];
  return [
    '| product listing (24) for | per second | p50 ms | CPU ms of gateway and product | errors |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows,
    '',
    `Signing and checking the hop takes ${hopMicroseconds.toFixed(0)} µs, verifying a token for the first time ${((first.cpuMs - verified.cpuMs) * 1_000).toFixed(0)} µs. ` +
      `Authorization by a verified token, hop included, is ${(share * 100).toFixed(1)} % of the listing’s CPU time.`,
  ].join('\n');
}
