import type sharedClient from '@sendgrid/client';
import { Pool } from 'undici';

type Client = typeof sharedClient;

/** What the SDK's `createRequest` answers: its own names for what is to be sent, headers and key included. */
interface SdkRequest {
  readonly baseURL: string;
  readonly url: string;
  readonly method: 'POST';
  readonly headers: Record<string, string>;
  readonly data: unknown;
}

/** Shorter than what servers wait before they close an idle connection (Node's wait 5 s), so that no mail meets a closing one. */
const KEEP_ALIVE_MS = 4_000;
const CONNECTIONS = 16;

/**
 * SendGrid's client, sending over kept connections: the SDK makes the request and reads its errors, only its transport is replaced
 * (it costs about three times as much as the rest of a mail). Rejects as the SDK does: with `code` the status and
 * `response` the answer, or, when there was no answer, with the connection's error code.
 */
export async function createSendgridClient(o: {
  apiKey: string;
  baseUrl: string | undefined;
  timeoutMs: number;
}): Promise<Client> {
  const { default: shared } = await import('@sendgrid/client');
  // The package exports one shared instance; a sender has its own, so that two of them cannot mix up their keys.
  const client = new (shared.constructor as new () => Client)();
  client.setApiKey(o.apiKey);
  if (o.baseUrl !== undefined) client.setDefaultRequest('baseUrl', o.baseUrl);
  const pools = new Map<string, Pool>();
  const poolOf = (origin: string): Pool => {
    const known = pools.get(origin);
    if (known !== undefined) return known;
    const made = new Pool(origin, { connections: CONNECTIONS, keepAliveTimeout: KEEP_ALIVE_MS });
    pools.set(origin, made);
    return made;
  };

  client.request = async (wanted) => {
    const { baseURL, url, method, headers, data } = client.createRequest(wanted) as unknown as SdkRequest;
    const address = new URL(url, baseURL);
    const sent = poolOf(address.origin).request({
      path: `${address.pathname}${address.search}`,
      method,
      headers,
      body: JSON.stringify(data),
      headersTimeout: o.timeoutMs,
      bodyTimeout: o.timeoutMs,
    });
    const response = await sent.catch((error: unknown) => {
      throw isHangUp(error) ? Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }) : error;
    });
    const body = parse(await response.body.text());
    if (response.statusCode >= 400) {
      throw Object.assign(new Error(`SendGrid answered ${response.statusCode}`), {
        code: response.statusCode,
        response: { headers: response.headers, body },
      });
    }
    return [{ statusCode: response.statusCode, body: body as object, headers: response.headers }, body];
  };
  return client;
}

/** A closed connection has another code in undici than in Node. */
const isHangUp = (error: unknown): boolean => (error as { code?: unknown }).code === 'UND_ERR_SOCKET';

function parse(text: string): unknown {
  try {
    return text === '' ? '' : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}
