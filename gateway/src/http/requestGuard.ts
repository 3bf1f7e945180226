import { errorBody, textFault, textFaultOf } from '@souk/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What is told to those inside only: a request that came through a proxy is somebody else's. */
const INSIDE: ReadonlySet<string> = new Set(['/metrics', '/health/ready']);

/**
 * Refuses, before anything of it is read, a request that another program in front could understand otherwise than we do, and one whose
 * body would have to be unpacked. Metrics, and which service is away, are not shown to whoever came through a proxy.
 */
export function addRequestGuard(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const refusal = refusalOf(request);
    if (refusal === undefined) return done();
    const [status, code, message] = refusal;
    send(request, reply, status, code, message);
  });
  app.addHook('preHandler', (request, reply, done) => {
    const fault = request.routeOptions.url === '/graphql' ? faultOfTexts(request) : undefined;
    if (fault === undefined) return done();
    send(request, reply, 400, 'BAD_USER_INPUT', fault);
  });
}

function faultOfTexts(request: FastifyRequest): string | undefined {
  if (request.method !== 'GET') return request.rawBody && textFault(request.rawBody, request.body);
  const { query, variables } = request.query as { query?: unknown; variables?: unknown };
  return textFaultOf({ query }, parsed(variables));
}

function parsed(variables: unknown): unknown {
  try {
    return typeof variables === 'string' ? JSON.parse(variables) : variables;
  } catch {
    return undefined; // refused by who needs it
  }
}

type Refusal = readonly [status: number, code: string, message: string];

function refusalOf(request: FastifyRequest): Refusal | undefined {
  const { headers, rawHeaders } = request.raw;
  if (headers.authorization !== undefined && countOf(rawHeaders, 'authorization') > 1) {
    return [401, 'UNAUTHENTICATED', 'Send one Authorization header.'];
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return [415, 'BAD_REQUEST', 'Bodies are taken as they are: send no Content-Encoding.'];
  }
  const isForwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  if (isForwarded && INSIDE.has(request.routeOptions.url ?? '')) {
    return [404, 'NOT_FOUND', 'There is nothing at this address.'];
  }
  return undefined;
}

function send(request: FastifyRequest, reply: FastifyReply, status: number, code: string, message: string): void {
  if (status === 401) reply.header('www-authenticate', 'Bearer error="invalid_request"');
  // The rest of the request is not read: the connection ends with this answer.
  if (status === 415) reply.header('connection', 'close');
  void reply.code(status).send(errorBody(code, message, request));
}

/** Node keeps the first of several; `rawHeaders` has them all, names and values in turn. */
function countOf(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === name) count += 1;
  }
  return count;
}
