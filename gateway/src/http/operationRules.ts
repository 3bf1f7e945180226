import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { createOperationLimits } from '../limits/operationLimits.js';
import type { GatewayContext } from '../supergraph/gatewayContext.js';

/**
 * What is checked of each operation before anything is executed: 400 where @apollo/gateway would answer 500 to a client's mistake, and
 * the limits of what one request may ask for.
 */
export const operationRules = (
  limitsOf: ReturnType<typeof createOperationLimits>,
): ApolloServerPlugin<GatewayContext> => ({
  async requestDidStart() {
    return {
      async didResolveOperation({ operation, request, document, schema }) {
        if (!operation) throw badRequest(noOperation(request.operationName, document.definitions.length));
        if (operation.operation === 'subscription') {
          throw badRequest('Subscriptions are not served at this address.');
        }
        limitsOf(schema, document, operation).check(request.variables ?? {});
      },
    };
  },
});

function noOperation(operationName: string | undefined, definitions: number): string {
  if (operationName) return 'The document has no operation of the given `operationName`.';
  return definitions > 1
    ? 'The document has several operations: say which one in `operationName`.'
    : 'The document has no operation.';
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
}
