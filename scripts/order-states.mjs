/**
 * `npm run docs:states`: draws the state machines of orders, parcels and returns into docs/order-states.md, from the tables that
 * decide what is legal. With `--check` it writes nothing and fails when the drawing (or the file that is named) is not what they say.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiled = (name) => import(pathToFileURL(`${root}subgraphs/order/dist/domain/${name}.js`).href);
const { values, positionals } = parseArgs({ allowPositionals: true, options: { check: { type: 'boolean' } } });
const file = positionals[0] ?? `${root}docs/order-states.md`;

/** One arrow for each state from which a step leads on. */
function arrows(table) {
  return Object.entries(table).flatMap(([step, rule]) =>
    rule.from.map((from) => ({ from, to: rule.to ?? from, step, rule })),
  );
}

/** A Mermaid state diagram; `initial` is where a thing begins. Arrows between the same two states share a line. */
function diagram(table, initial) {
  const between = new Map();
  for (const { from, to, step } of arrows(table)) {
    const key = `    ${from} --> ${to}`;
    between.set(key, [...(between.get(key) ?? []), spoken(step)]);
  }
  const ends = [...new Set(arrows(table).map(({ to }) => to))].filter(
    (state) => !arrows(table).some(({ from }) => from === state),
  );
  return [
    '```mermaid',
    'stateDiagram-v2',
    `    [*] --> ${initial}`,
    ...[...between].map(([key, steps]) => `${key}: ${steps.join(', ')}`),
    ...ends.map((state) => `    ${state} --> [*]`),
    '```',
  ].join('\n');
}

/** The table as a table: what, from where, to where, by whom, and under which condition. */
function list(table, condition) {
  const rows = Object.entries(table).map(([step, rule]) => [
    spoken(step),
    rule.from.map(code).join(', '),
    rule.to === null ? 'unchanged' : code(rule.to),
    rule.by.join(', '),
    ...(condition ? [condition(rule)] : []),
  ]);
  const head = ['step', 'from', 'to', 'by', ...(condition ? ['only while the fulfilment is'] : [])];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const spoken = (step) => step.toLowerCase().replaceAll('_', ' ');
const code = (state) => `\`${state}\``;

async function draw() {
  const [{ ORDER_TRANSITIONS }, { SHIPMENT_TRANSITIONS }, { RETURN_TRANSITIONS }] = await Promise.all(
    ['orderStates', 'fulfillmentStates', 'returnStates'].map(compiled),
  );
  const anyFulfillment = (rule) => rule.fulfillment?.map(code).join(', ') ?? 'anything';
  return `# The states of orders, parcels and returns

Drawn by \`npm run docs:states\` from the tables that decide what is legal; do not edit. What is not in a table does not happen.

## Orders

[subgraphs/order/src/domain/orderStates.ts](../subgraphs/order/src/domain/orderStates.ts). How far an order has got on its way to the
customer is an axis of its own, \`fulfillmentStatus\`: it follows from how many units of each line were shipped, delivered and
returned ([fulfillmentStatus.ts](../subgraphs/order/src/domain/fulfillmentStatus.ts)).

${diagram(ORDER_TRANSITIONS, 'PENDING_PAYMENT')}

${list(ORDER_TRANSITIONS, anyFulfillment)}

## Parcels

[subgraphs/order/src/domain/fulfillmentStates.ts](../subgraphs/order/src/domain/fulfillmentStates.ts)

${diagram(SHIPMENT_TRANSITIONS, 'SHIPPED')}

${list(SHIPMENT_TRANSITIONS)}

## Returns

[subgraphs/order/src/domain/returnStates.ts](../subgraphs/order/src/domain/returnStates.ts)

${diagram(RETURN_TRANSITIONS, 'REQUESTED')}

${list(RETURN_TRANSITIONS)}
`;
}

const text = await draw();
if (!values.check) {
  writeFileSync(file, text);
  console.log('docs/order-states.md is drawn');
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/order-states.md is not what the tables say: run `npm run docs:states`');
  process.exit(1);
} else console.log('docs/order-states.md is what the tables say');
