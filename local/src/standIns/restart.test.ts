import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import {
  ACCOUNT_SID,
  AUTH_TOKEN,
  callControl,
  eventually,
  SECRET_KEY,
  SENDGRID_KEY,
  startWebhookSink,
  stripeAt,
  WEBHOOK_SECRET,
  type WebhookSink,
} from './testing/startForTest.js';

let folder: string;
let webhooks: WebhookSink;
let processes: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stand-ins-'));
  webhooks = await startWebhookSink();
});
afterEach(async () => {
  for (const child of processes) child.kill('SIGKILL');
  processes = [];
  await webhooks.close();
  await rm(folder, { recursive: true });
});

const here = fileURLToPath(new URL('.', import.meta.url));
/** The same depth below `local/` as the compiler's output, so that the page's assets are found. */
const compiled = fileURLToPath(new URL('../../dist/standIns-restart-test/', import.meta.url));

async function compile(): Promise<string> {
  const sources = (await readdir(here, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('testing'),
  );
  await build({
    entryPoints: sources.map((name) => join(here, name)),
    outdir: compiled,
    outbase: here,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
  return join(compiled, 'main.js');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** The real executable, as the launcher starts it. */
async function start(main: string, port: number, more: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [main], {
    env: {
      PORT: String(port),
      STRIPE_SECRET_KEY: SECRET_KEY,
      STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
      STRIPE_WEBHOOK_URL: webhooks.url,
      SENDGRID_API_KEY: SENDGRID_KEY,
      TWILIO_ACCOUNT_SID: ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      DATA_FILE: join(folder, 'stand-ins.jsonl'),
      ...more,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  processes.push(child);
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const exited = once(child, 'exit');
  await eventually(() => output.includes('stand-ins for') || child.exitCode !== null);
  return { child, exited, output: () => output, url: `http://127.0.0.1:${port}` };
}

test('kill -9: payments, idempotency keys and mails are there again, undelivered webhooks are delivered', async () => {
  const main = await compile();
  const port = await freePort();
  const first = await start(main, port);
  const stripe = stripeAt(first.url, { retries: 2 });
  await callControl(first.url, 'PUT', '/webhooks', { paused: true });
  const create = () => stripe.paymentIntents.create({ amount: 2_500, currency: 'eur' }, { idempotencyKey: 'key-1' });
  const intent = await create();
  await callControl(first.url, 'POST', `/payment_intents/${intent.id}/pay`, { payment_method: 'pm_card_visa' });
  await fetch(`${first.url}/v3/mail/send`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SENDGRID_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      personalizations: [{ to: [{ email: 'ada@example.com' }] }],
      from: { email: 'shop@example.com' },
      subject: 'Kept',
      content: [{ type: 'text/html', value: '<p>Grüße</p>' }],
    }),
  });
  const paid = await stripe.paymentIntents.retrieve(intent.id);
  first.child.kill('SIGKILL');
  await first.exited;
  expect(webhooks.events).toEqual([]);
  // What `kill -9` in the middle of a write leaves.
  await appendFile(join(folder, 'stand-ins.jsonl'), '{"put":[["payment_intent",{"id":"pi_torn"');

  const second = await start(main, port);
  expect(await stripe.paymentIntents.retrieve(intent.id)).toEqual(paid);
  expect(paid.status).toBe('succeeded');
  expect((await create()).id).toBe(intent.id);
  expect((await stripe.paymentIntents.list()).data).toHaveLength(1);
  expect(await callControl(second.url, 'GET', '/mail?bodies=true')).toMatchObject({
    total: 1,
    mails: [{ html: '<p>Grüße</p>' }],
  });
  await eventually(() => webhooks.events.length === 3);
  expect(webhooks.events.map((event) => event.type).sort()).toEqual([
    'charge.succeeded',
    'payment_intent.created',
    'payment_intent.succeeded',
  ]);

  await eventually(async () => (await callControl(second.url, 'GET', '/webhooks')).pending === 0);
  second.child.kill('SIGKILL');
  await second.exited;
  const third = await start(main, port);
  expect(await callControl(third.url, 'GET', '/webhooks')).toMatchObject({ pending: 0 });
  expect(webhooks.events).toHaveLength(3);

  third.child.kill('SIGTERM');
  const [code] = await third.exited;
  expect(code).toBe(0);
});

test('it refuses production, an address that others reach, missing settings and a damaged journal, saying what to do', async () => {
  const main = await compile();
  const refused = async (more: NodeJS.ProcessEnv) => {
    const started = await start(main, await freePort(), more);
    const [code] = await started.exited;
    expect(code).toBe(1);
    return started.output();
  };
  expect(await refused({ NODE_ENV: 'production' })).toContain('do not run with NODE_ENV=production');
  expect(await refused({ HOST: '0.0.0.0' })).toContain('listen on loopback only');
  const faults = await refused({ STRIPE_SECRET_KEY: '', SENDGRID_API_KEY: '', PORT: 'x' });
  expect(faults).toContain('STRIPE_SECRET_KEY is missing: set it to');
  expect(faults).toContain('SENDGRID_API_KEY is missing');
  expect(faults).toContain('PORT is x');
  const file = join(folder, 'damaged.jsonl');
  await writeFile(file, '{"put":[]}\nnot json\n{"put":[]}\n');
  expect(await refused({ DATA_FILE: file })).toContain('line 2 is not JSON');
  expect(await readFile(file, 'utf8')).toBe('{"put":[]}\nnot json\n{"put":[]}\n');
});
