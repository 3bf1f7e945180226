import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type GraphQLFormattedError, type GraphQLSchema, Kind, parse } from 'graphql';
import { enforceAccess } from './access.js';
import { apolloLogger } from './apolloLogger.js';
import { createCompiledExecution } from './compiledExecution.js';
import { newContext, runInContext, type WorkContext } from './context.js';
import { maskError } from './errors.js';
import { createHttpServer, errorBody, type Readiness } from './httpServer.js';
import { createIdentityVerifier, IDENTITY_HEADER } from './identity.js';
import type { Logger } from './logger.js';
import { counter } from './metrics.js';
import { type NearbySubgraph, serveNearby } from './nearby.js';
import { scalars } from './scalars.js';
import { STATEMENTS_HEADER } from './statementsHeader.js';
import { textFault } from './textFault.js';
import { actorOf, type ClientInfo, type ServiceName, type Viewer } from './viewer.js';

export interface SubgraphOptions<C extends { viewer: Viewer }> {
  readonly service: ServiceName;
  readonly sdl: string;
  /** Resolvers by type; scalars of the shared SDL are added. */
  readonly resolvers: object;
  /** Called once per request; must be cheap. */
  readonly createContext: (viewer: Viewer, client: ClientInfo) => C;
  readonly identitySecret: string;
  readonly logger: Logger;
  readonly production: boolean;
  readonly readiness: Readiness;
  /** Routes beside /graphql, such as webhooks; these are reached without an identity. */
  readonly routes?: (app: FastifyInstance) => void | Promise<void>;
}

export interface SubgraphServer {
  readonly app: FastifyInstance;
  /** Answers the URL it listens on. */
  listen(host: string, port: number): Promise<string>;
  /** Stops taking requests, finishes those under way. */
  close(): Promise<void>;
}

declare module 'fastify' {
  interface FastifyRequest {
    viewer?: Viewer;
    client?: ClientInfo;
  }
}

/** The executable schema of a subgraph, with its access rules enforced. Fails on a root field without a rule. */
export function buildSchema(sdl: string, resolvers: object, service: ServiceName): GraphQLSchema {
  const typeDefs = parse(sdl, { noLocation: true });
  const declared = new Set(
    typeDefs.definitions.flatMap((node) => (node.kind === Kind.SCALAR_TYPE_DEFINITION ? [node.name.value] : [])),
  );
  const usedScalars = Object.fromEntries(Object.entries(scalars).filter(([name]) => declared.has(name)));
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: { ...usedScalars, ...resolvers } }]);
  enforceAccess(schema, service);
  return schema;
}

/**
 * A subgraph's server: Apollo Server on Fastify with compiled execution. `POST /graphql` answers nothing, `_service`
 * and `_entities` included, without a valid signed identity; resolvers' messages are masked.
 */
export async function createSubgraphServer<C extends { viewer: Viewer }>(
  o: SubgraphOptions<C>,
): Promise<SubgraphServer> {
  const schema = buildSchema(o.sdl, o.resolvers, o.service);
  const format = (formatted: GraphQLFormattedError, error: unknown) => maskError(formatted, error, o.logger);
  const execution = createCompiledExecution<C>(format);
  const apollo = new ApolloServer<C>({
    schema,
    introspection: !o.production,
    nodeEnv: o.production ? 'production' : 'development',
    includeStacktraceInErrorResponses: false,
    csrfPrevention: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    formatError: format,
    logger: apolloLogger(o.logger),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      execution.plugin,
    ],
  });
  await apollo.start();

  const app = createHttpServer({ service: o.service, logger: o.logger, readiness: o.readiness });
  const verify = createIdentityVerifier({ secret: o.identitySecret, service: o.service });
  const refused = counter('souk_identity_refused_total', 'Requests refused for their identity', ['reason']);

  async function identify(request: FastifyRequest, reply: FastifyReply) {
    const check = verify(request.headers[IDENTITY_HEADER] as string | undefined, request.rawBody ?? '');
    if (!check.ok) {
      refused.inc({ reason: check.reason });
      return reply
        .code(401)
        .send(
          errorBody(
            'UNAUTHENTICATED',
            'This service answers only signed requests of the gateway and of services.',
            request,
          ),
        );
    }
    const fault = textFault(request.rawBody ?? Buffer.alloc(0), request.body);
    if (fault) return reply.code(400).send(errorBody('BAD_USER_INPUT', fault, request));
    request.viewer = check.viewer;
    request.client = check.client;
    request.work = { ...(request.work as WorkContext), actor: actorOf(check.viewer) };
    return undefined;
  }

  if (!o.production) {
    app.addHook('onSend', (request, reply, _payload, done) => {
      if (request.work) reply.header(STATEMENTS_HEADER, String(request.work.statements));
      done();
    });
  }
  const contextOf = (request: FastifyRequest) =>
    o.createContext(request.viewer as Viewer, request.client as ClientInfo);
  const apolloHandler = fastifyApolloHandler(apollo, { context: async (request) => contextOf(request) });
  app.post('/graphql', { preHandler: identify }, function (request, reply) {
    return runInContext(request.work as WorkContext, async () => {
      const execute = execution.known(request.body);
      if (!execute) return apolloHandler.call(this, request, reply);
      const { status, result } = await execute(contextOf(request));
      return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(result));
    });
  });
  await o.routes?.(app);

  /** The same as `POST /graphql`, for callers of this process, as soon as an operation has come over the network once. */
  const answerNearby: NearbySubgraph = ({ body, identity, requestId, traceparent }) => {
    const given: unknown = JSON.parse(body);
    const execute = execution.known(given);
    // what is to be refused is refused by the server, in one place
    if (execute === undefined || textFault(Buffer.from(body), given)) return undefined;
    const check = verify(identity, body);
    if (!check.ok) return undefined;
    const work = newContext('request', { requestId, traceparent, actor: actorOf(check.viewer) });
    return runInContext(work, async () => {
      const { status, result } = await execute(o.createContext(check.viewer, check.client));
      return { status, answer: JSON.parse(JSON.stringify(result)), statements: o.production ? 0 : work.statements };
    });
  };
  let leave: (() => void) | undefined;

  return {
    app,
    async listen(host, port) {
      const origin = await app.listen({ host, port });
      leave = serveNearby(origin, answerNearby);
      return origin;
    },
    async close() {
      leave?.();
      await app.close();
      await apollo.stop();
    },
  };
}
