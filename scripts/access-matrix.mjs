/**
 * `npm run docs:access`: writes docs/access.md, who may call which field on whose things, from the directives in schema/subgraphs, the
 * decisions in scripts/access/decisions.mjs and the scopes of the roles. With `--check` it writes nothing and fails when the
 * file (or the one that is named) is not what they say.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { accessTable } from './access/table.mjs';
import { readSubgraphs } from './schema/subgraphs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { scopesOf } = await import(pathToFileURL(`${root}subgraphs/user/dist/domain/roles.js`).href);
const { values, positionals } = parseArgs({ allowPositionals: true, options: { check: { type: 'boolean' } } });
const file = positionals[0] ?? `${root}docs/access.md`;

const text = `# Who may do what

Written by \`npm run docs:access\`; do not edit. The rule of a field is the directive above it in \`schema/subgraphs/\`; whose things its ids
may name is decided in [scripts/access/decisions.mjs](../scripts/access/decisions.mjs); the scopes of a role are in
[roles.ts](../subgraphs/user/src/domain/roles.ts). A root field, an id or an entity that nobody has decided about fails
\`npm run schema:check\`; \`tests/access\` asks a running shop for every cell, and finds that what is refused has changed no row.

The columns are viewers who name **the owner's** things: his order, cart, payment, address, session. A staff role is another person
with that role and no other. \`yes\`: access is not what refuses it. \`UNAUTHENTICATED\`, \`FORBIDDEN\`: the error of the field, which is null. \`NOT_FOUND\`: the
mutation's \`userErrors\`, the same as for an id that does not exist. \`null\`: the field is null, likewise.

What belongs to a guest (a cart, an order and its payment) is open to whoever knows its unguessable id
([0004](decisions/0004-ids-of-guests-are-capabilities.md)): there every \`NOT_FOUND\` and \`null\` of @owned fields is a \`yes\`.

${accessTable(readSubgraphs(`${root}schema/subgraphs`), scopesOf)}
`;
if (!values.check) {
  writeFileSync(file, text);
  console.log('docs/access.md is written');
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/access.md is not what schema, decisions and roles say: run `npm run docs:access`');
  process.exit(1);
} else console.log('docs/access.md is what schema, decisions and roles say');
