/**
 * `npm run schema:check [-- --base REF]`: fails on drift of the composed files, composition errors, a root field without
 * exactly one access rule, a non-null field contributed to another service's entity, an operation that no longer
 * validates, and a change that breaks clients of the base (default: where this branch left main).
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkSchema } from './schema/check.mjs';

const { values } = parseArgs({ options: { base: { type: 'string' } } });
const faults = checkSchema(fileURLToPath(new URL('..', import.meta.url)), values);
for (const { where, message } of faults) console.error(`${where}: ${message}`);
console.log(faults.length === 0 ? 'The schema is in order.' : `${faults.length} fault(s) in the schema.`);
process.exit(faults.length === 0 ? 0 : 1);
