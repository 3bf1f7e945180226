/**
 * `npm run schema:compose`: composes schema/subgraphs into
 *   schema/supergraph.graphql   what the gateway loads (without the access rules, which the subgraphs enforce)
 *   schema/api.graphql          what clients see
 *   schema/persisted-operations.json   the operations of schema/operations by their hashes, which a gateway may be limited to
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compose } from './schema/compose.mjs';
import { readOperations } from './schema/operations.mjs';
import { persistedOperations } from './schema/persistedOperations.mjs';
import { readSubgraphs } from './schema/subgraphs.mjs';

const schema = fileURLToPath(new URL('../schema', import.meta.url));
const subgraphs = readSubgraphs(join(schema, 'subgraphs'));
const composed = compose(subgraphs);
if (!composed.ok) {
  console.error(
    `The subgraphs do not compose:\n${composed.faults.map((f) => `  ${f.where}: ${f.message}`).join('\n')}`,
  );
  process.exit(1);
}
writeFileSync(join(schema, 'supergraph.graphql'), composed.supergraph);
writeFileSync(join(schema, 'api.graphql'), composed.api);
writeFileSync(
  join(schema, 'persisted-operations.json'),
  persistedOperations(readOperations(join(schema, 'operations'))),
);
console.log(
  `Composed ${subgraphs.map(({ name }) => name).join(', ')} into schema/supergraph.graphql and schema/api.graphql`,
);
