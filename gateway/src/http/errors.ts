import { type Logger, maskError } from '@souk/runtime';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Codes of subgraphs' errors whose messages were written for clients; the subgraphs mask everything else. */
const SUBGRAPH_CODES = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'DEPENDENCY_UNAVAILABLE',
  'RATE_LIMITED',
]);

/**
 * What a client sees of an error: message, path, locations, a code of the allow-list and the request id. Everything
 * else (URLs, hosts, SQL, stacks, messages of bugs) stays in the log.
 */
export function createErrorFormatter(logger: Logger) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const masked = maskError(withCode(formatted), error, logger);
    const code = formatted.extensions?.code;
    if (!isFromSubgraph(error) || typeof code !== 'string' || !SUBGRAPH_CODES.has(code)) return masked;
    return { ...masked, message: formatted.message };
  };
}

/** The gateway marks errors that came out of a subgraph's answer with the name of the service. */
function isFromSubgraph(error: unknown): boolean {
  return error instanceof GraphQLError && typeof error.extensions.serviceName === 'string';
}

/** graphql-js has several sentences for a faulty variable; Apollo Server gives only some of them their code. */
function withCode(formatted: GraphQLFormattedError): GraphQLFormattedError {
  if (!/^Variable "\$\w+"/.test(formatted.message) || formatted.extensions?.code !== 'INTERNAL_SERVER_ERROR') {
    return formatted;
  }
  return { ...formatted, extensions: { ...formatted.extensions, code: 'BAD_USER_INPUT' } };
}
