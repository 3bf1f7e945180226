import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessRuleFaults } from './accessRules.mjs';
import { breakingChanges, fileAt, findBase, parseAccepted } from './breakingChanges.mjs';
import { compose } from './compose.mjs';
import { contributedFieldFaults } from './contributedFields.mjs';
import { operationFaults, readOperations } from './operations.mjs';
import { persistedOperations } from './persistedOperations.mjs';
import { readSubgraphs, SchemaFileError } from './subgraphs.mjs';

/**
 * Everything that must hold for the contract in `<root>/schema`. An unreadable file ends the check with that fault alone.
 * @param {string} root
 * @param {{ base?: string, readAt?: typeof fileAt }} [options] base: the commit whose API must not break; readAt: reads
 *   a file as it was in a commit (default: git)
 * @returns {import('./subgraphs.mjs').Fault[]}
 */
export function checkSchema(root, options = {}) {
  try {
    return faultsOf(root, options);
  } catch (error) {
    if (error instanceof SchemaFileError) return [error.fault];
    throw error;
  }
}

function faultsOf(root, { base, readAt = fileAt }) {
  const schema = join(root, 'schema');
  const subgraphs = readSubgraphs(join(schema, 'subgraphs'));
  const faults = [...subgraphs.flatMap(accessRuleFaults), ...contributedFieldFaults(subgraphs)];
  const composed = compose(subgraphs);
  if (!composed.ok) return [...faults, ...composed.faults];
  const operations = readOperations(join(schema, 'operations'));
  return [
    ...faults,
    ...driftFaults(schema, {
      'supergraph.graphql': composed.supergraph,
      'api.graphql': composed.api,
      'persisted-operations.json': persistedOperations(operations),
    }),
    ...operationFaults(operations, composed.api),
    ...breakingFaults(root, composed.api, base, readAt),
  ];
}

function driftFaults(schema, derived) {
  return Object.entries(derived).flatMap(([file, expected]) => {
    const path = join(schema, file);
    if (existsSync(path) && readFileSync(path, 'utf8') === expected) return [];
    return [{ where: `schema/${file}`, message: 'is not what `npm run schema:compose` writes: run it' }];
  });
}

function breakingFaults(root, api, requestedBase, readAt) {
  const base = findBase(requestedBase, root);
  const before = base && readAt(root, base, 'schema/api.graphql');
  if (!before) {
    if (!requestedBase) return [];
    return [{ where: 'schema/api.graphql', message: `cannot be read at the requested base "${requestedBase}"` }];
  }
  const acceptance = join(root, 'schema', 'accepted-breaking-changes.txt');
  const accepted = existsSync(acceptance) ? parseAccepted(readFileSync(acceptance, 'utf8')) : [];
  return breakingChanges(before, api, accepted).map((description) => ({
    where: 'schema/api.graphql',
    message: `breaks clients of ${base.slice(0, 12)}: ${description} (if meant, add that sentence to schema/accepted-breaking-changes.txt)`,
  }));
}
