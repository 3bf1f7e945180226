import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startStandIns } from '../startStandIns.js';
import { ACCOUNT_SID, AUTH_TOKEN, callControl, SECRET_KEY, SENDGRID_KEY, WEBHOOK_SECRET } from './startForTest.js';

export const CLIENT_ID = 'client-id';
export const CLIENT_SECRET = 'client-secret';
export const WEBHOOK_ID = '8PT597110X687430L';

export interface PaypalBench {
  /** Where PayPal's API is served. */
  readonly url: string;
  readonly token: string;
  /** What its webhook endpoint received, answered with 200. */
  readonly webhooks: { readonly body: string; readonly headers: IncomingHttpHeaders }[];
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: unknown }>;
  control(method: string, path: string, body?: object): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Stand-ins on a free port, with a webhook endpoint and a token of PayPal's. */
export async function startPaypalForTest(options: { dataFile?: string; token?: string } = {}): Promise<PaypalBench> {
  const webhooks: PaypalBench['webhooks'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      webhooks.push({ body: Buffer.concat(chunks).toString(), headers: request.headers });
      response.writeHead(200).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/paypal`;
  const standIns = await startStandIns({
    host: '127.0.0.1',
    port: 0,
    stripe: { secretKey: SECRET_KEY, webhookSecret: WEBHOOK_SECRET, webhookUrl },
    paypal: { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, webhookId: WEBHOOK_ID, webhookUrl },
    sendgrid: { apiKey: SENDGRID_KEY },
    twilio: { accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN },
    dataFile: options.dataFile,
  });
  const url = `${standIns.url}/paypal`;
  const token = options.token ?? (await newToken(url));
  return {
    url,
    token,
    webhooks,
    async call(method, path, body, headers = {}) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          prefer: 'return=representation',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
    },
    control: (method, path, body) => callControl(standIns.url, method, path, body),
    async close() {
      await standIns.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function newToken(url: string): Promise<string> {
  const response = await fetch(`${url}/v1/oauth2/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  return ((await response.json()) as { access_token: string }).access_token;
}
