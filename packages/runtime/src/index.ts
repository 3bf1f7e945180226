import './telemetryOff.js';

export { type AccessRule, accessRules, checkAccess } from './access.js';
export { apolloLogger } from './apolloLogger.js';
export { clientNetwork, ipv6Groups } from './clientNetwork.js';
export { baseConfig, ConfigError, configTypes, identityConfig, loadConfig } from './config.js';
export {
  countStatement,
  currentContext,
  newContext,
  runInContext,
  type Store,
  type WorkContext,
  type WorkKind,
} from './context.js';
export {
  ClientError,
  type ClientErrorCode,
  maskError,
  ServiceFault,
  ServiceUnavailable,
  withoutValue,
} from './errors.js';
export { deliverExportPart } from './exportPart.js';
export { FAILPOINTS, type FailpointName } from './failpointNames.js';
export { armFailpoints, FailpointError, failpoint } from './failpoints.js';
export { gather } from './gather.js';
export { createHealthServer, createHttpServer, errorBody, type Readiness } from './httpServer.js';
export {
  createIdentityVerifier,
  IDENTITY_HEADER,
  IDENTITY_WINDOW_MS,
  type IdentityCheck,
  signIdentity,
} from './identity.js';
export { type IdPrefix, newId } from './ids.js';
export { type Life, runService } from './lifecycle.js';
export { createLoadMeter } from './loadMeter.js';
export { createLogger, type Logger } from './logger.js';
export { collectProcessMetrics, metrics } from './metrics.js';
export { decodeCursor, encodeCursor, isMoment, MAX_PAGE_SIZE } from './pagination.js';
export { asPrivileged, currentPrivilegedAction, type PrivilegedAction } from './privileged.js';
export { type Repeating, startRepeating } from './repeating.js';
export { scalars } from './scalars.js';
export { loadSdl, schemaFolder } from './sdl.js';
export { asksAnywhereFor, asksFor } from './selection.js';
export { createServiceClient, type ServiceClient } from './serviceClient.js';
export { createSignedLinks, LINK_VALID_MS } from './signedLinks.js';
export { STATEMENTS_HEADER } from './statementsHeader.js';
export { connectSubgraph, type SubgraphConnection } from './subgraphConnection.js';
export type { SubgraphOptions, SubgraphServer } from './subgraphServer.js';
export { textFault, textFaultOf } from './textFault.js';
export { actorOf, type ClientInfo, hasScope, SERVICES, type ServiceName, type Viewer } from './viewer.js';

/** Starts a subgraph's server. Apollo and its schema tools are loaded here, so that processes without a graph stay small. */
export const createSubgraphServer: typeof import('./subgraphServer.js').createSubgraphServer = async (options) =>
  (await import('./subgraphServer.js')).createSubgraphServer(options);
export { VOID_TOKENS } from './voidTokens.js';
export { monotonicMs, pause, pauseUpTo, type Waiting, waitIn } from './waiting.js';
