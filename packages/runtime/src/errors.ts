import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { currentContext } from './context.js';
import type { Logger } from './logger.js';
import type { ServiceName } from './viewer.js';

export type ClientErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'BAD_USER_INPUT'
  | 'NOT_FOUND'
  | 'DEPENDENCY_UNAVAILABLE'
  | 'RATE_LIMITED';

/** An error whose message is meant for the client. Every other error reaches a client as INTERNAL_SERVER_ERROR. */
export class ClientError extends GraphQLError {
  constructor(code: ClientErrorCode, message: string) {
    super(message, { extensions: { code } });
  }
}

/** A service that was asked did not answer: down, too slow, or failing. */
export class ServiceUnavailable extends ClientError {
  constructor(
    readonly service: ServiceName,
    /** For the log only. */
    readonly reason: string,
  ) {
    super('DEPENDENCY_UNAVAILABLE', `The ${service} service is not available right now. Try again in a moment.`);
  }
}

/** A service answered with GraphQL errors: a bug on one of the two sides. */
export class ServiceFault extends Error {
  override readonly name = 'ServiceFault';
  constructor(
    readonly service: ServiceName,
    readonly codes: readonly string[],
    message: string,
  ) {
    super(message);
  }
}

const PUBLIC_CODES = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'DEPENDENCY_UNAVAILABLE',
  'RATE_LIMITED',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/**
 * Turns any error into what a client may see. Messages outside the allow-list are logged and replaced; a variable of
 * the wrong type is named but its value, perhaps a password, is not repeated.
 */
export function maskError(formatted: GraphQLFormattedError, error: unknown, logger: Logger): GraphQLFormattedError {
  const requestId = currentContext()?.requestId;
  const code = String(formatted.extensions?.code ?? 'INTERNAL_SERVER_ERROR');
  const place = {
    ...(formatted.locations ? { locations: formatted.locations } : {}),
    ...(formatted.path ? { path: formatted.path } : {}),
  };
  if (code === 'BAD_USER_INPUT') {
    const ours =
      error instanceof ClientError || (error instanceof GraphQLError && error.originalError instanceof ClientError);
    const message = ours ? formatted.message : withoutValue(formatted.message);
    return { message, ...place, extensions: { code, requestId } };
  }
  if (PUBLIC_CODES.has(code)) {
    if (error instanceof ServiceUnavailable)
      logger.warn({ service: error.service, reason: error.reason }, 'service unavailable');
    return { message: formatted.message, ...place, extensions: { code, requestId } };
  }
  logger.error({ err: error, path: formatted.path }, 'request failed');
  return {
    message: 'Something went wrong on our side. The request id helps us find it.',
    ...place,
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
  };
}

/** `Variable "$password" got invalid value "hunter2"; …` becomes a sentence without the value. */
export function withoutValue(message: string): string {
  const name = /[Vv]ariable "?\$?(\w+)"?/.exec(message)?.[1];
  return name ? `Variable "$${name}" has a value of the wrong type.` : 'A value has the wrong type.';
}
