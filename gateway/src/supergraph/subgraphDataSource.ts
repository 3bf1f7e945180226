import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import { connectSubgraph, type Logger, metrics, signIdentity } from '@souk/runtime';
import type { SubgraphName } from '../config.js';
import { fetchPositions } from './fetchPositions.js';
import type { GatewayContext } from './gatewayContext.js';

/** 64 that work, since more would only queue inside the subgraph, and 128 that wait there for an order to change. */
const CONNECTIONS = 64 + 128;
/** Shorter than the subgraphs' own keep-alive, so that they never close a connection that is being used again. */
const KEEP_ALIVE_MS = 30_000;

const duration = metrics.histogram('souk_subgraph_request_seconds', 'Time of subgraph requests', [
  'subgraph',
  'outcome',
]);

type Response = Awaited<ReturnType<GraphQLDataSource<GatewayContext>['process']>>;

interface SubgraphAnswer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: NonNullable<Response['errors']>;
}

export interface SubgraphDataSource extends GraphQLDataSource<GatewayContext> {
  close(): Promise<void>;
}

/**
 * Sends the gateway's fetches to one subgraph: signed for it and for this body, and timed out. Of
 * the client's request nothing is passed on but the verified identity, the request id and the trace. Answers are not
 * cacheable at the gateway, so no cache policy is derived from them.
 *
 * A subgraph that is down, too slow or failing makes the fetch's fields null with DEPENDENCY_UNAVAILABLE at each of
 * their places; the rest of the client's answer is kept.
 */
export function createSubgraphDataSource(o: {
  service: SubgraphName;
  url: string;
  timeoutMs: number;
  identitySecret: string;
  logger: Logger;
}): SubgraphDataSource {
  const connection = connectSubgraph(o.url, { connections: CONNECTIONS, keepAliveMs: KEEP_ALIVE_MS });

  async function send(body: string, { viewer, client, work }: GatewayContext): Promise<SubgraphAnswer> {
    const identity = signIdentity({ secret: o.identitySecret, from: 'gateway', to: o.service, viewer, client, body });
    const { status, answer, statements } = await connection.exchange(
      { body, identity, requestId: work.requestId, traceparent: work.traceparent },
      o.timeoutMs,
    );
    work.statements += statements;
    if (status >= 500 || status === 401) throw new Error(`the ${o.service} service answered ${status}`);
    return answer as SubgraphAnswer;
  }

  return {
    async process(options: GraphQLDataSourceProcessOptions<GatewayContext>): Promise<Response> {
      const { query, variables, operationName } = options.request;
      const context = options.context as GatewayContext;
      const body = JSON.stringify({ query, variables, operationName });
      const stop = duration.startTimer({ subgraph: o.service });
      try {
        const answer = await send(body, context).catch((error: unknown) => {
          if (!isRepeatable(query, error)) throw error;
          return send(body, context);
        });
        stop({ outcome: 'answered' });
        return answer as Response;
      } catch (error) {
        stop({ outcome: 'unavailable' });
        o.logger.warn({ err: error, subgraph: o.service }, 'subgraph unavailable');
        return { errors: fetchPositions(query ?? '', variables).map((path) => unavailable(o.service, path)) };
      }
    },
    close: () => connection.close(),
  };
}

function unavailable(service: SubgraphName, path: (string | number)[]) {
  return {
    message: `The ${service} service is not available right now. Try again in a moment.`,
    path,
    extensions: { code: 'DEPENDENCY_UNAVAILABLE' },
  };
}

const CONNECTION_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** A query whose connection broke is sent once more; a mutation never, since the subgraph may have acted. */
function isRepeatable(query: string | undefined, error: unknown): boolean {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && CONNECTION_CODES.has(code) && !query?.startsWith('mutation');
}
