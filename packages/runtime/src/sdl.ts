import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceName } from './viewer.js';

/** The folder `schema/` of this checkout or image: the nearest one above this file. */
export function schemaFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'schema', 'subgraphs', '_shared.graphql'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('schema/subgraphs/_shared.graphql was not found above the runtime package');
    folder = parent;
  }
  return join(folder, 'schema');
}

/** The SDL of one subgraph: what all subgraphs share, then its own. */
export function loadSdl(service: ServiceName): string {
  const folder = join(schemaFolder(), 'subgraphs');
  return ['_shared', service].map((name) => readFileSync(join(folder, `${name}.graphql`), 'utf8')).join('\n');
}
