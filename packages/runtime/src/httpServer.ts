import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { answerClientFault, limitConnections } from './clientFaults.js';
import { newContext, runInContext, type WorkContext } from './context.js';
import type { Logger } from './logger.js';
import { collectProcessMetrics, histogram, metrics } from './metrics.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body exactly as it came; signatures are checked against it. */
    rawBody?: Buffer;
    work?: WorkContext;
  }
}

/** Probes that must all succeed before the process takes traffic, by the name shown when one fails. */
export type Readiness = Readonly<Record<string, () => Promise<unknown>>>;

const PROBE_TIMEOUT_MS = 2_000;
const MAX_BODY_BYTES = 1_048_576;

/**
 * A Fastify server with what every process of Souk has: `/health/live`, `/health/ready`, `/metrics`, a work context
 * per request, raw bodies kept, errors in GraphQL's shape, and request durations measured.
 */
export function createHttpServer(o: {
  service: string;
  logger: Logger;
  readiness: Readiness;
  /** Probes that `/health/ready` names when they fail, and that do not keep the process from taking traffic. */
  reported?: Readiness;
  bodyLimit?: number;
  /** Who is believed about the client's address: so many proxies in front, or these addresses and networks. Default: nobody. */
  trustProxy?: number | string[];
  /** How long a client may take to send a request, headers and body. Default: a minute. */
  clientTimeoutMs?: number;
  /** How many connections may be open at once: in all, and of one address. Default: any number. */
  connections?: { readonly total: number; readonly perAddress: number | undefined };
}): FastifyInstance {
  const proxies = o.trustProxy ?? 0;
  const bodyLimit = o.bodyLimit ?? MAX_BODY_BYTES;
  const clientTimeoutMs = o.clientTimeoutMs ?? 60_000;
  collectProcessMetrics(o.service);
  const duration = histogram('souk_http_request_seconds', 'Time to answer HTTP requests', ['route', 'status']);
  const app = Fastify({
    logger: false,
    bodyLimit,
    trustProxy: typeof proxies === 'number' ? (_address: string, hop: number) => hop < proxies : proxies,
    forceCloseConnections: 'idle',
    requestTimeout: clientTimeoutMs,
    // Node looks for slow clients every 30 s by itself, so that each could hold a connection for so much longer.
    http: {
      headersTimeout: clientTimeoutMs,
      requestTimeout: clientTimeoutMs,
      connectionsCheckingInterval: Math.min(clientTimeoutMs, 2_000),
    },
    keepAliveTimeout: 72_000,
    clientErrorHandler: answerClientFault,
  });
  if (o.connections) limitConnections(app.server, o.connections);
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });

  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    request.rawBody = body;
    try {
      done(null, body.length === 0 ? undefined : JSON.parse(body.toString()));
    } catch {
      done(Object.assign(new Error('The body is not JSON.'), { statusCode: 400 }), undefined);
    }
  });
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    request.rawBody = body;
    done(null, body);
  });

  app.addHook('onRequest', (request, _reply, done) => {
    request.work = newContext('request', {
      requestId: header(request, 'x-request-id'),
      traceparent: header(request, 'traceparent'),
    });
    done();
  });
  // After the body was read: a context entered earlier would be lost in the stream's callbacks.
  app.addHook('preHandler', (request, _reply, done) => {
    runInContext(request.work as WorkContext, done);
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    if (request.work) reply.header('x-request-id', request.work.requestId);
    // The caller would keep the connection, and closing would wait for it to let go.
    if (closing) reply.header('connection', 'close');
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    duration.observe(
      { route: request.routeOptions.url ?? 'unknown', status: String(reply.statusCode) },
      reply.elapsedTime / 1_000,
    );
    if (closing) setImmediate(() => app.server.closeIdleConnections());
    done();
  });

  app.setNotFoundHandler((request, reply) => {
    void reply.code(404).send(errorBody('NOT_FOUND', 'There is nothing at this address.', request));
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      runInContext(request.work ?? newContext('request'), () => o.logger.error({ err: error }, 'request failed'));
      return reply
        .code(500)
        .send(
          errorBody(
            'INTERNAL_SERVER_ERROR',
            'Something went wrong on our side. The request id helps us find it.',
            request,
          ),
        );
    }
    return reply
      .code(status)
      .send(
        errorBody(
          status === 413 ? 'PAYLOAD_TOO_LARGE' : 'BAD_REQUEST',
          status === 413 ? tooLarge(bodyLimit) : (CLIENT_FAULTS[status] ?? 'The request is not valid.'),
          request,
        ),
      );
  });

  app.get('/health/live', async () => ({ status: 'ok' }));
  app.get('/health/ready', async (_request, reply) => {
    const failing = closing ? ['shutting down'] : await failingProbes(o.readiness, o.logger);
    if (failing.length > 0) return reply.code(503).send({ status: 'unavailable', failing });
    const degraded = await failingProbes(o.reported ?? {}, o.logger);
    return degraded.length > 0 ? { status: 'ok', degraded } : { status: 'ok' };
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  return app;
}

const CLIENT_FAULTS: Readonly<Record<number, string>> = {
  400: 'The request is malformed.',
  404: 'There is nothing at this address.',
  415: 'The content type is not supported. Send application/json.',
};

const tooLarge = (bytes: number): string => `The body is too large: at most ${bytes} bytes are allowed.`;

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** An answer in GraphQL's shape for a request that never reached GraphQL. */
export function errorBody(code: string, message: string, request: FastifyRequest) {
  return { errors: [{ message, extensions: { code, requestId: request.work?.requestId } }] };
}

async function failingProbes(readiness: Readiness, logger: Logger): Promise<string[]> {
  const results = await Promise.all(
    Object.entries(readiness).map(async ([name, probe]) => {
      const timeout = AbortSignal.timeout(PROBE_TIMEOUT_MS);
      try {
        await Promise.race([
          probe(),
          new Promise((_, reject) =>
            timeout.addEventListener('abort', () => reject(new Error('timed out')), { once: true }),
          ),
        ]);
        return undefined;
      } catch (error) {
        logger.warn({ err: error, probe: name }, 'not ready');
        return name;
      }
    }),
  );
  return results.filter((name) => name !== undefined);
}

/** The HTTP side of a process that serves no GraphQL: health and metrics. */
export function createHealthServer(o: { service: string; logger: Logger; readiness: Readiness }) {
  const app = createHttpServer(o);
  return {
    listen: (host: string, port: number): Promise<string> => app.listen({ host, port }),
    close: (): Promise<void> => app.close(),
  };
}
