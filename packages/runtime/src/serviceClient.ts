import type { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { abortAfter } from './abortAfter.js';
import { currentContext } from './context.js';
import { ServiceFault, ServiceUnavailable } from './errors.js';
import { IDENTITY_HEADER, signIdentity } from './identity.js';
import { histogram } from './metrics.js';
import { STATEMENTS_HEADER } from './statementsHeader.js';
import type { ServiceName } from './viewer.js';

export interface ServiceClient {
  /**
   * Sends one GraphQL operation in the name of the calling service. Every operation between services is safe to
   * repeat, so a connection that breaks is tried once more.
   * @throws ServiceUnavailable when the service is down, too slow or failing: whether it acted is unknown.
   * @throws ServiceFault when it answered with errors.
   */
  request<Data>(document: string, variables: object, o?: { timeoutMs?: number }): Promise<Data>;
  close(): Promise<void>;
}

interface Answer {
  data?: unknown;
  errors?: { message: string; extensions?: { code?: string } }[];
}

const RETRY_AFTER_MS = 50;
const duration = histogram('souk_service_call_seconds', 'Time of calls to other services', ['to', 'outcome']);

/** A client of another service's subgraph; signed, traced, timed out, over kept connections. */
export function createServiceClient(o: {
  from: ServiceName;
  to: ServiceName;
  url: string;
  identitySecret: string;
  timeoutMs?: number;
  connections?: number;
}): ServiceClient {
  const { origin, pathname } = new URL(o.url);
  const pool = new Pool(origin, { connections: o.connections ?? 16, keepAliveTimeout: 60_000 });

  const send = (body: string, timeoutMs: number) => abortAfter(timeoutMs, (signal) => exchange(body, signal));

  async function exchange(body: string, signal: EventEmitter) {
    const context = currentContext();
    const response = await pool.request({
      path: pathname,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [IDENTITY_HEADER]: signIdentity({ secret: o.identitySecret, from: o.from, to: o.to, body }),
        ...(context ? { 'x-request-id': context.requestId, traceparent: context.traceparent } : {}),
      },
      body,
      signal,
    });
    const answer = (await response.body.json()) as Answer;
    if (context) context.statements += Number(response.headers[STATEMENTS_HEADER] ?? 0);
    return { status: response.statusCode, answer };
  }

  return {
    async request<Data>(document: string, variables: object, options: { timeoutMs?: number } = {}): Promise<Data> {
      const body = JSON.stringify({ query: document, variables });
      const timeoutMs = options.timeoutMs ?? o.timeoutMs ?? 5_000;
      const stop = duration.startTimer({ to: o.to });
      let result: Awaited<ReturnType<typeof send>>;
      try {
        result = await send(body, timeoutMs).catch(async (error: unknown) => {
          if (!isConnectionError(error)) throw error;
          await delay(RETRY_AFTER_MS);
          return send(body, timeoutMs);
        });
      } catch (error) {
        stop({ outcome: 'unavailable' });
        throw new ServiceUnavailable(o.to, error instanceof Error ? `${error.name}: ${error.message}` : 'unknown');
      }
      const { status, answer } = result;
      const codes = (answer.errors ?? []).map((error) => error.extensions?.code ?? 'INTERNAL_SERVER_ERROR');
      if (
        status >= 500 ||
        codes.some((code) => code === 'DEPENDENCY_UNAVAILABLE' || code === 'INTERNAL_SERVER_ERROR')
      ) {
        stop({ outcome: 'failed' });
        throw new ServiceUnavailable(o.to, `answered ${status} ${codes.join(' ')}`);
      }
      if (codes.length > 0 || answer.data === undefined || answer.data === null) {
        stop({ outcome: 'refused' });
        throw new ServiceFault(
          o.to,
          codes,
          `${o.to} refused a call: ${answer.errors?.[0]?.message ?? `status ${status}`}`,
        );
      }
      stop({ outcome: 'ok' });
      return answer.data as Data;
    },
    close: () => pool.close(),
  };
}

const CONNECTION_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT']);

function isConnectionError(error: unknown): boolean {
  return error instanceof Error && CONNECTION_CODES.has(String((error as { code?: unknown }).code));
}
