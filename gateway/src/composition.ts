import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHttpServer, createLogger, type Life, type Logger, STATEMENTS_HEADER, schemaFolder } from '@souk/runtime';
import type { FastifyInstance } from 'fastify';
import { createAuthenticator } from './auth/accessTokens.js';
import { createKeySet } from './auth/jwks.js';
import { createCookieReader } from './auth/sessionCookies.js';
import { createVoidTokens } from './auth/voidTokens.js';
import { type GatewayConfig, SUBGRAPHS, type SubgraphName } from './config.js';
import { addConsoleRoutes } from './console/consoleRoutes.js';
import { addAccountExportRoute } from './http/accountExportRoute.js';
import { addCors, originCheck } from './http/cors.js';
import { addDocumentRoute } from './http/documentRoute.js';
import { addExportRoute } from './http/exportRoute.js';
import { addGraphqlRoute } from './http/graphqlRoute.js';
import { addMediaRoute } from './http/mediaRoute.js';
import { createPersistedOperations, readManifests } from './http/persistedOperations.js';
import { addRequestGuard } from './http/requestGuard.js';
import { addSecurityHeaders } from './http/securityHeaders.js';
import { openUpstream } from './http/upstream.js';
import { addWebhookRoute } from './http/webhookRoute.js';
import { createDocumentCheck } from './limits/documentLimits.js';
import { createRateLimiter } from './limits/rateLimiter.js';
import { createRequestLimits } from './limits/requestLimits.js';
import { createApolloServer, LIMITS } from './supergraph/apolloServer.js';
import { createSubgraphDataSource, type SubgraphDataSource } from './supergraph/subgraphDataSource.js';

const MAX_BODY_BYTES = 262_144;
const MAX_CONNECTIONS = 10_000;

export interface Gateway {
  readonly app: FastifyInstance;
  /** Answers the URL it listens on. */
  listen(host: string, port: number): Promise<string>;
  /** Stops taking requests, finishes those under way, closes the connections to the subgraphs. */
  close(): Promise<void>;
}

/** Builds the gateway for the composed schema of this build, and starts it. */
export async function startGateway(config: GatewayConfig, life: Life) {
  const logger = createLogger('gateway', config.logLevel);
  const supergraphSdl = readFileSync(join(schemaFolder(), 'supergraph.graphql'), 'utf8');
  const gateway = await createGateway(config, logger, supergraphSdl);
  life.onShutdown('gateway', gateway.close);
  await gateway.listen(config.host, config.port);
  return { logger, shutdownTimeoutMs: config.shutdownTimeoutMs };
}

/**
 * Builds the gateway: everything between a client and the subgraphs. It takes traffic as soon as it listens; a
 * subgraph that is down is reported by `/health/ready` and costs only its own fields.
 */
export async function createGateway(config: GatewayConfig, logger: Logger, supergraphSdl: string): Promise<Gateway> {
  const sources = new Map<string, SubgraphDataSource>(
    SUBGRAPHS.map((service) => [
      service,
      createSubgraphDataSource({
        service,
        ...config.subgraphs[service],
        identitySecret: config.identitySecret,
        logger,
      }),
    ]),
  );
  const upstreams = new Map(
    SUBGRAPHS.map((service) => [
      service,
      openUpstream(config.subgraphs[service].url, config.subgraphs[service].timeoutMs),
    ]),
  );
  const upstream = (service: SubgraphName) => {
    const found = upstreams.get(service);
    if (!found) throw new Error(`no connection to ${service}`);
    return found;
  };
  const limiter = createRateLimiter({ redisUrl: config.redisUrl, logger });
  const limits = createRequestLimits(limiter, config.rateLimitFactor);
  const apollo = await createApolloServer({
    limits,
    supergraphSdl,
    production: config.production,
    logger,
    dataSource: (service) => {
      const source = sources.get(service);
      if (!source) throw new Error(`the supergraph has a subgraph "${service}" that the gateway does not know`);
      return source;
    },
  });
  const voidTokens = createVoidTokens({ redisUrl: config.redisUrl, logger });
  const persisted = createPersistedOperations(readManifests(config.persistedManifests), config.persistedOperations);
  const keys = createKeySet({ url: config.jwksUrl, logger });

  const app = createHttpServer({
    service: 'gateway',
    logger,
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: config.trustProxy,
    clientTimeoutMs: config.clientTimeoutMs,
    connections: {
      total: MAX_CONNECTIONS,
      perAddress: config.trustProxy === 0 ? config.connectionsPerAddress : undefined,
    },
    readiness: {},
    reported: Object.fromEntries(SUBGRAPHS.map((service) => [service, () => isAlive(upstream(service).pool)])),
  });
  addSecurityHeaders(app, config.production);
  addRequestGuard(app);
  if (!config.production) {
    app.addHook('onSend', (request, reply, _payload, done) => {
      if (request.work) reply.header(STATEMENTS_HEADER, String(request.work.statements));
      done();
    });
  }
  const origins = { origins: config.corsOrigins, production: config.production };
  await addCors(app, origins);
  addGraphqlRoute(app, apollo, {
    authenticate: createAuthenticator({ keys, voidTokens }),
    readCookies: createCookieReader({ isAllowedOrigin: originCheck(origins), production: config.production }),
    limits,
    persisted,
    checkDocument: createDocumentCheck(LIMITS),
  });
  addWebhookRoute(app, { payment: upstream('payment'), order: upstream('order') }, logger);
  addDocumentRoute(app, upstream('payment'), logger);
  addAccountExportRoute(app, upstream('user'), logger);
  addExportRoute(app, upstream('order'), logger);
  addMediaRoute(app, upstream('product'), logger);
  if (config.consoleEnabled) addConsoleRoutes(app, config.demoAccounts);

  return {
    app,
    listen: (host, port) => app.listen({ host, port }),
    async close() {
      keys.close();
      await app.close();
      await voidTokens.close();
      await apollo.stop();
      await limiter.close();
      await Promise.all([...sources.values(), ...upstreams.values()].map((connection) => connection.close()));
    },
  };
}

async function isAlive(pool: ReturnType<typeof openUpstream>['pool']): Promise<void> {
  const { statusCode, body } = await pool.request({ path: '/health/live', method: 'GET' });
  await body.dump();
  if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
}
