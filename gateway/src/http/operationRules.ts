import { type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { createSessionOperations } from '../auth/sessionOperations.js';
import type { createOperationLimits } from '../limits/operationLimits.js';
import type { RequestLimits } from '../limits/requestLimits.js';
import type { GatewayContext } from '../supergraph/gatewayContext.js';
import { prepareCookies, settleCookies } from './cookieRules.js';

/**
 * What is checked of each operation before anything is executed: 400 where @apollo/gateway would answer 500 to a client's mistake, and
 * the limits of what one request may ask for and of how many of its kind may come. For sessions in cookies also what becomes of the cookies.
 */
export const operationRules = (
  limitsOf: ReturnType<typeof createOperationLimits>,
  rates: Pick<RequestLimits, 'operation'>,
  sessionsOf: ReturnType<typeof createSessionOperations>,
): ApolloServerPlugin<GatewayContext> => ({
  async requestDidStart({ contextValue: { cookies } }) {
    return {
      async didResolveOperation({ operation, request, document, schema, contextValue }) {
        if (!operation) throw badRequest(noOperation(request.operationName, document.definitions.length));
        if (operation.operation === 'subscription') {
          throw badRequest('Subscriptions are not served at this address.');
        }
        const known = limitsOf(schema, document, operation);
        known.check(request.variables ?? {});
        const taken = rates.operation(known.classes, contextValue.client.ip ?? '', contextValue.viewer);
        const waitSeconds = typeof taken === 'number' ? taken : await taken;
        if (waitSeconds > 0) throw tooMany(waitSeconds);
        if (cookies) {
          const does = sessionsOf(schema, document, operation);
          prepareCookies(cookies, { does, classes: known.classes, request });
        }
      },
      ...(cookies && {
        async willSendResponse({ response: { body } }) {
          if (body.kind === 'single') settleCookies(cookies, body.singleResult.data);
        },
      }),
    };
  },
});

function noOperation(operationName: string | undefined, definitions: number): string {
  if (operationName) return 'The document has no operation of the given `operationName`.';
  return definitions > 1
    ? 'The document has several operations: say which one in `operationName`.'
    : 'The document has no operation.';
}

function tooMany(waitSeconds: number): GraphQLError {
  const headers = new HeaderMap([['retry-after', String(waitSeconds)]]);
  return new GraphQLError(`Too many requests of this kind. Try again in ${waitSeconds} s.`, {
    extensions: { code: 'RATE_LIMITED', http: { status: 429, headers } },
  });
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
}
