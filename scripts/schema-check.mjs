/**
 * `npm run schema:check [-- --base REF]`: fails on drift of the composed files, composition errors, a root field without
 * exactly one access rule, a non-null field contributed to another service's entity, an operation that no longer
 * validates, a change that breaks clients of the base (default: where this branch left main), and an id or an entity of which nobody
 * has decided (scripts/access/decisions.mjs) whose it may be.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { undecidedFaults } from './access/undecided.mjs';
import { checkSchema } from './schema/check.mjs';
import { readSubgraphs } from './schema/subgraphs.mjs';

const { values } = parseArgs({ options: { base: { type: 'string' } } });
const root = fileURLToPath(new URL('..', import.meta.url));
const faults = checkSchema(root, values);
if (faults.length === 0) faults.push(...undecidedFaults(readSubgraphs(`${root}schema/subgraphs`)));
for (const { where, message } of faults) console.error(`${where}: ${message}`);
console.log(faults.length === 0 ? 'The schema is in order.' : `${faults.length} fault(s) in the schema.`);
process.exit(faults.length === 0 ? 0 : 1);
