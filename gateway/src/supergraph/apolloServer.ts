import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { apolloLogger, type Logger } from '@souk/runtime';
import { createSessionOperations } from '../auth/sessionOperations.js';
import { createErrorFormatter } from '../http/errors.js';
import { operationRules } from '../http/operationRules.js';
import { createOperationLimits } from '../limits/operationLimits.js';
import type { RequestLimits } from '../limits/requestLimits.js';
import { createDirectExecution } from './directExecution.js';
import type { GatewayContext } from './gatewayContext.js';
import type { SubgraphDataSource } from './subgraphDataSource.js';

/** GraphiQL's introspection query is the deepest that is needed: 13 levels. */
export const LIMITS = {
  maxTokens: 2_000,
  maxErrors: 10,
  maxDepth: 15,
  maxAliases: 30,
  maxDirectives: 30,
  maxRepeats: 30,
  maxSpreads: 100,
  maxRootFields: 20,
  maxPageSize: 100,
  /** The dearest operation of schema/operations, with pages of 100, costs 3,502. */
  maxCost: 10_000,
} as const;

/**
 * Apollo Server over the static supergraph. Parsed and validated documents are kept by Apollo Server, query plans by
 * the gateway, both by the hash of the text, so that a known operation needs no schema work.
 * @param dataSource the way to a subgraph, by its name; the URLs inside the supergraph are not used
 */
export async function createApolloServer(o: {
  supergraphSdl: string;
  dataSource: (service: string) => SubgraphDataSource;
  limits: Pick<RequestLimits, 'operation'>;
  production: boolean;
  logger: Logger;
}): Promise<ApolloServer<GatewayContext>> {
  const direct = createDirectExecution(o.dataSource);
  const gateway = new ApolloGateway({
    supergraphSdl: o.supergraphSdl,
    buildService: ({ name }) => o.dataSource(name),
    logger: apolloLogger(o.logger),
    __exposeQueryPlanExperimental: !o.production,
    validateSupergraph: false, // it is checked where it is composed
    experimental_didResolveQueryPlan: direct.learn,
  });
  const apollo = new ApolloServer<GatewayContext>({
    gateway: direct.wrap(gateway),
    introspection: !o.production,
    hideSchemaDetailsFromClientErrors: o.production,
    nodeEnv: o.production ? 'production' : 'development',
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    stopOnTerminationSignals: false,
    maxRecursiveSelections: true,
    parseOptions: { maxTokens: LIMITS.maxTokens },
    validationOptions: { maxErrors: LIMITS.maxErrors },
    formatError: createErrorFormatter(o.logger),
    logger: apolloLogger(o.logger),
    plugins: [
      operationRules(createOperationLimits(LIMITS), o.limits, createSessionOperations()),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      o.production
        ? ApolloServerPluginLandingPageDisabled()
        : ApolloServerPluginLandingPageLocalDefault({ embed: true, includeCookies: false }),
    ],
  });
  await apollo.start();
  return apollo;
}
