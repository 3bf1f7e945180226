import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { type StandInOptions, type StandIns, startStandIns } from '../startStandIns.js';

export const SECRET_KEY = 'sk_test_secret';
export const PUBLISHABLE_KEY = 'pk_test_public';
export const WEBHOOK_SECRET = 'whsec_test';
export const SENDGRID_KEY = 'SG.test';
export const ACCOUNT_SID = `AC${'0'.repeat(32)}`;
export const AUTH_TOKEN = 'token';

/** What the webhook endpoint of a test received; each event went through the real `constructEvent`. */
export interface WebhookSink {
  readonly url: string;
  readonly events: Stripe.Event[];
  /** Statuses to answer with, first one first; 200 when there are none left. */
  readonly answers: number[];
  close(): Promise<void>;
}

/** A webhook endpoint that checks each signature with the real SDK: an event with a wrong one is not recorded. */
export async function startWebhookSink(port = 0): Promise<WebhookSink> {
  const events: Stripe.Event[] = [];
  const answers: number[] = [];
  const stripe = new Stripe(SECRET_KEY);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const signature = request.headers['stripe-signature'] ?? '';
      events.push(stripe.webhooks.constructEvent(Buffer.concat(chunks), signature, WEBHOOK_SECRET));
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe`,
    events,
    answers,
    async close() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface TestBench {
  readonly url: string;
  readonly stripe: Stripe;
  readonly webhooks: WebhookSink;
  control(method: string, path: string, body?: object): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Stand-ins on a free port, with a webhook endpoint and the real Stripe SDK pointed at them. */
export async function startForTest(
  more: {
    dataFile?: string;
    webhooks?: WebhookSink;
    webhookUrl?: string;
    stripe?: Partial<StandInOptions['stripe']>;
  } = {},
): Promise<TestBench> {
  const webhooks = more.webhooks ?? (await startWebhookSink());
  const standIns: StandIns = await startStandIns({
    host: '127.0.0.1',
    port: 0,
    stripe: {
      secretKey: SECRET_KEY,
      publishableKey: PUBLISHABLE_KEY,
      webhookSecret: WEBHOOK_SECRET,
      webhookUrl: more.webhookUrl ?? webhooks.url,
      ...more.stripe,
    },
    sendgrid: { apiKey: SENDGRID_KEY },
    twilio: { accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN },
    dataFile: more.dataFile,
  });
  return {
    url: standIns.url,
    stripe: stripeAt(standIns.url),
    webhooks,
    control: (method, path, body) => callControl(standIns.url, method, path, body),
    async close() {
      await standIns.close();
      if (more.webhooks === undefined) await webhooks.close();
    },
  };
}

/** The real SDK, pointed at a base URL as the payment service does it. */
export function stripeAt(url: string, options: { key?: string; retries?: number; timeout?: number } = {}): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe(options.key ?? SECRET_KEY, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    maxNetworkRetries: options.retries ?? 0,
    timeout: options.timeout ?? 5_000,
    telemetry: false,
  });
}

/** Calls the control API; throws for an answer that is not 2xx. */
export async function callControl(
  url: string,
  method: string,
  path: string,
  body?: object,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/control${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw Object.assign(new Error(`${response.status} ${JSON.stringify(answer)}`), { answer });
  return answer;
}

/** Waits until `probe` gives something, for at most `withinMs`. */
export async function eventually<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 8_000,
): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > until) throw new Error(`It did not happen within ${withinMs} ms: ${probe.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The error that a promise rejects with, of the SDK's type. */
export async function refusalOf(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Stripe.errors.StripeError) return error;
  throw new Error(`Expected a refusal by Stripe, got ${String(error)}`);
}
