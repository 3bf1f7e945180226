import { setTimeout as delay } from 'node:timers/promises';
import { currentContext } from './context.js';
import { ServiceFault, ServiceUnavailable } from './errors.js';
import { signIdentity } from './identity.js';
import { histogram } from './metrics.js';
import { connectSubgraph } from './subgraphConnection.js';
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

/** A client of another service's subgraph; signed, traced, timed out. */
export function createServiceClient(o: {
  from: ServiceName;
  to: ServiceName;
  url: string;
  identitySecret: string;
  timeoutMs?: number;
  connections?: number;
}): ServiceClient {
  const connection = connectSubgraph(o.url, { connections: o.connections ?? 16, keepAliveMs: 60_000 });

  async function send(body: string, timeoutMs: number): Promise<{ status: number; answer: Answer }> {
    const context = currentContext();
    const identity = signIdentity({ secret: o.identitySecret, from: o.from, to: o.to, body });
    const { status, answer, statements } = await connection.exchange(
      { body, identity, requestId: context?.requestId, traceparent: context?.traceparent },
      timeoutMs,
    );
    if (context) context.statements += statements;
    return { status, answer: answer as Answer };
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
    close: () => connection.close(),
  };
}

const CONNECTION_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT']);

function isConnectionError(error: unknown): boolean {
  return error instanceof Error && CONNECTION_CODES.has(String((error as { code?: unknown }).code));
}
