import { createHash } from 'node:crypto';
import { Kind, print } from 'graphql';

/**
 * The manifest of persisted operations, in the format of Apollo's `generate-persisted-query-manifest`, which the client libraries read: each
 * operation of schema/operations as GraphQL prints it, by the SHA-256 of that text.
 * @param {readonly import('./operations.mjs').OperationFile[]} operations
 * @returns {string} JSON, in a stable order
 */
export function persistedOperations(operations) {
  const entries = operations.map(({ name, document }) => {
    const body = print(document);
    const definition = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    return { id: createHash('sha256').update(body).digest('hex'), name, type: definition.operation, body };
  });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return `${JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations: entries }, null, 2)}\n`;
}
