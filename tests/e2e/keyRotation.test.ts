import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@souk/testkit';
import { type Shop, shopOfRun, uniqueEmail } from './shop.js';

/**
 * A user service and a gateway of its own beside the shop's, on the same databases, so that the key can be rotated as the runbook says: process
 * after process, behind an address that stays.
 */
let shop: Shop;
let address: Server;
let active: string;
const processes: ChildProcess[] = [];

beforeAll(async () => {
  shop = await shopOfRun();
  address = createServer((incoming, outgoing) => {
    const { method, headers, url } = incoming;
    const forwarded = request(`${active}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(forwarded);
  }).listen(0, '127.0.0.1');
  await once(address, 'listening');
}, 240_000);
afterAll(async () => {
  await Promise.all(processes.map(end));
  address?.closeAllConnections();
  address?.close();
});

const newKey = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
const portOf = (server: Server) => (server.address() as AddressInfo).port;
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  return port;
}
async function start(main: string, env: Record<string, string>) {
  const port = await freePort();
  const path = new URL(`../../${main}/dist/main.js`, import.meta.url).pathname;
  const child = spawn(process.execPath, [path], {
    env: { ...shop.env, LOG_LEVEL: 'silent', PORT: String(port), ...env },
    stdio: 'ignore',
  });
  processes.push(child);
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => expect((await fetch(`${url}/health/ready`)).ok).toBe(true), { timeoutMs: 60_000 });
  return { child, url };
}
const startUser = (keys: object[]) => start('subgraphs/user', { ACCESS_TOKEN_PRIVATE_JWK: JSON.stringify(keys) });
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

interface Session {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly userErrors: readonly { readonly code: string }[];
}

test('the key of access tokens is rotated while people work: nobody is refused, and the new key signs', async () => {
  const [old, next] = [newKey(), newKey()];
  const steps = [[old], [old, next], [next, old], [next]];
  const [first, ...later] = await Promise.all(steps.map(startUser));
  let user = first as (typeof later)[number];
  active = user.url;
  const stable = `http://127.0.0.1:${portOf(address)}`;
  const gateway = await start('gateway', {
    SUBGRAPH_URL_USER: `${stable}/graphql`,
    JWKS_URL: `${stable}/.well-known/jwks.json`,
  });
  const failures: unknown[] = [];
  const kids = new Set<string>();
  async function send<T>(query: string, variables: object, token?: string): Promise<T> {
    const answer = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await answer.json()) as { data?: Record<string, T>; errors?: unknown };
    if (errors !== undefined) failures.push(errors);
    return Object.values(data ?? {})[0] as T;
  }
  const note = (session: Session): Session => {
    expect(session).toMatchObject({ userErrors: [] });
    kids.add(JSON.parse(Buffer.from(session.accessToken.split('.')[0] ?? '', 'base64url').toString()).kid);
    return session;
  };
  const [email, password] = [uniqueEmail('rotated'), 'correct horse battery staple'];
  await send('mutation R($i: AccountRegisterInput!) { accountRegister(input: $i) { user { id } } }', {
    i: { email, password },
  });
  expect(failures).toEqual([]);

  let isOver = false;
  let requests = 0;
  /** Works with a token, takes a new one now and then, and uses that at once. */
  async function work(): Promise<void> {
    const signIn =
      'mutation S($e: String!, $p: String!) { sessionCreate(email: $e, password: $p) { accessToken refreshToken userErrors { code } } }';
    let session = note(await send<Session>(signIn, { e: email, p: password }));
    for (let turn = 1; !isOver; turn += 1) {
      const me = await send<{ id: string } | null>('{ me { id } }', {}, session.accessToken);
      if (!me) failures.push('nobody is signed in');
      requests += 1;
      if (turn % 10 === 0) {
        const refresh =
          'mutation R($t: String) { sessionRefresh(refreshToken: $t) { accessToken refreshToken userErrors { code } } }';
        session = note(await send<Session>(refresh, { t: session.refreshToken }));
      }
      await delay(15);
    }
  }
  const people = Array.from({ length: 5 }, work);
  await delay(500);
  for (const step of later) {
    active = step.url;
    // Everybody takes a new token meanwhile, and a look for keys that was before the new one was shown is 5 s ago.
    await delay(step === later[0] ? 6_000 : 1_500);
    await end(user.child);
    user = step;
  }
  isOver = true;
  await Promise.all(people);
  expect(failures).toEqual([]);
  expect(kids.size).toBe(2);
  expect(requests).toBeGreaterThan(200);
}, 180_000);
