import { type ApolloServer, HeaderMap } from '@apollo/server';
import { errorBody, runInContext, type Viewer, type WorkContext } from '@souk/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Authentication } from '../auth/accessTokens.js';
import type { CookieReading, CookieSession } from '../auth/sessionCookies.js';
import type { RequestLimits } from '../limits/requestLimits.js';
import type { GatewayContext } from '../supergraph/gatewayContext.js';
import type { CookieJar } from './cookieRules.js';
import type { createPersistedOperations } from './persistedOperations.js';
import { requestFault } from './requestFault.js';
import { requestParts } from './requestParts.js';

/** What Apollo Server looks at; nothing else of a client's headers gets further than this file. */
const READ_HEADERS = [
  'accept',
  'content-type',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'apollo-query-plan-experimental',
  'apollo-query-plan-experimental-format',
];

const MAX_USER_AGENT = 256;

/**
 * `/graphql`: says who the client is, then hands the request to Apollo Server. A bearer token that is not in order is
 * answered with 401 before anything of the request is looked at; with cookies that depends on what is asked (`prepareCookies`).
 *
 * The adapter of @as-integrations is not used: it answers 500 to a malformed Host header and copies every header.
 */
export function addGraphqlRoute(
  app: FastifyInstance,
  apollo: ApolloServer<GatewayContext>,
  o: {
    readonly authenticate: (authorization: string | undefined) => Authentication | Promise<Authentication>;
    readonly readCookies: (request: FastifyRequest) => CookieReading | undefined;
    readonly limits: Pick<RequestLimits, 'request'>;
    readonly persisted: ReturnType<typeof createPersistedOperations>;
    readonly checkDocument: (text: string) => string | undefined;
  },
): void {
  async function answer(request: FastifyRequest, reply: FastifyReply) {
    const work = request.work as WorkContext;
    const reading = o.readCookies(request);
    if (reading?.ok === false) {
      return reply.code(reading.status).send(errorBody(reading.code, reading.message, request));
    }
    const session = reading?.session;
    let authentication = await o.authenticate(session ? bearerOf(session) : request.headers.authorization);
    const isStale = session !== undefined && isOver(session, authentication);
    if (isStale) authentication = GUEST;
    if (!authentication.ok) return refuse(request, reply, authentication);
    const { viewer } = authentication;
    const cookies = session && jarOf(session, viewer, isStale);
    const fault = requestFault(request.body);
    if (fault) return reply.code(400).send(errorBody('BAD_REQUEST', fault, request));

    const resolved = requestParts(request, o.persisted);
    if (!resolved.ok) return reply.code(400).send(errorBody(resolved.code, resolved.message, request));
    const { ownText, ...parts } = resolved.parts;
    const tooMuch = ownText && o.checkDocument(ownText);
    if (tooMuch) return reply.code(400).send(errorBody('GRAPHQL_VALIDATION_FAILED', tooMuch, request));
    const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method,
        headers: readHeaders(request),
        ...parts,
      },
      context: async () => ({ viewer, client: clientOf(request), work, cookies }),
    });
    for (const [name, value] of headers) reply.header(name, value);
    if (session && session.answer.length > 0) reply.header('set-cookie', session.answer);
    if (!headers.has('cache-control')) reply.header('cache-control', 'no-store');
    reply.code(status ?? 200);
    if (body.kind !== 'complete') throw new Error('the gateway sends no answers in parts');
    return reply.send(body.string);
  }

  app.route({
    method: ['PUT', 'PATCH', 'DELETE'],
    url: '/graphql',
    handler: (request, reply) =>
      reply
        .code(405)
        .header('allow', 'GET, POST')
        .send(errorBody('BAD_REQUEST', 'Operations come by POST, queries also by GET.', request)),
  });

  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    // Before the body is read: who calls too often costs nothing more.
    async onRequest(request, reply) {
      const taken = o.limits.request(request.ip);
      const waitSeconds = typeof taken === 'number' ? taken : await taken;
      if (waitSeconds === 0) return;
      const message = `Too many requests. Try again in ${waitSeconds} s.`;
      await reply
        .code(429)
        .header('retry-after', waitSeconds)
        .send(errorBody('RATE_LIMITED', message, request));
    },
    handler: (request, reply) => runInContext(request.work as WorkContext, () => answer(request, reply)),
  });
}

const GUEST: Authentication = { ok: true, viewer: { kind: 'anonymous' } };

const bearerOf = ({ accessToken }: CookieSession): string | undefined => accessToken && `Bearer ${accessToken}`;

/** The access token of a session in cookies has run out, or was taken away: the browser forgets it when its time is up. */
function isOver({ accessToken, refreshToken }: CookieSession, authentication: Authentication): boolean {
  if (!authentication.ok) return authentication.code === 'UNAUTHENTICATED';
  return accessToken === undefined && refreshToken !== undefined;
}

function jarOf(session: CookieSession, viewer: Viewer, isStale: boolean): CookieJar {
  return { session, isStale, sessionId: viewer.kind === 'user' ? viewer.sessionId : undefined };
}

function refuse(request: FastifyRequest, reply: FastifyReply, refusal: Authentication & { ok: false }) {
  if (refusal.code === 'DEPENDENCY_UNAVAILABLE') {
    return reply.code(503).send(errorBody(refusal.code, refusal.message, request));
  }
  return reply
    .code(401)
    .header('www-authenticate', 'Bearer error="invalid_token"')
    .send(errorBody(refusal.code, refusal.message, request));
}

function readHeaders(request: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const name of READ_HEADERS) {
    const value = request.headers[name];
    if (typeof value === 'string') map.set(name, value);
  }
  return map;
}

function clientOf(request: FastifyRequest) {
  const userAgent = request.headers['user-agent'];
  return { ip: request.ip, ...(userAgent ? { userAgent: userAgent.slice(0, MAX_USER_AGENT) } : {}) };
}
