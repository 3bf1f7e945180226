import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { GatewayContext } from '../supergraph/gatewayContext.js';

/** Answers 400 where @apollo/gateway would answer 500 to a client's mistake, before anything is executed. */
export const operationRules: ApolloServerPlugin<GatewayContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation, request, document }) {
        if (!operation) throw badRequest(noOperation(request.operationName, document.definitions.length));
        if (operation.operation === 'subscription') {
          throw badRequest('Subscriptions are not served at this address.');
        }
      },
    };
  },
};

function noOperation(operationName: string | undefined, definitions: number): string {
  if (operationName) return 'The document has no operation of the given `operationName`.';
  return definitions > 1
    ? 'The document has several operations: say which one in `operationName`.'
    : 'The document has no operation.';
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
}
