import { readdirSync, readFileSync } from 'node:fs';
import { bestOf } from '@souk/testkit';
import { buildSchema, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { LIMITS } from '../supergraph/apolloServer.js';
import { classifiedFields, classOf } from './operationClasses.js';
import { compileCost } from './operationCost.js';
import { createOperationLimits } from './operationLimits.js';

const schema = buildSchema(`
  type Query { items(first: Int = 20, filter: String): Items! item: Item tags(first: Int): [String!]! orderByNumber: Item }
  type Mutation { sessionCreate: Item paymentSessionCreate: Item save: Item }
  type Items { nodes: [Item!]! totalCount: Int! }
  type Item { id: ID! parts: [Item!]! related(first: Int = 5): Items! }
`);
const operationOf = (text: string) => {
  const document = parse(text);
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return { document, operation: operation as OperationDefinitionNode };
};
const costOf = (text: string, variables = {}) => {
  const { document, operation } = operationOf(text);
  return compileCost(schema, document, operation)(variables);
};

test.each([
  ['{ item { id } }', {}, 1],
  ['{ items { totalCount } }', {}, 1],
  ['{ items { nodes { id } } }', {}, 1 + 20],
  ['{ items(first: 3) { nodes { id } } }', {}, 1 + 3],
  ['{ items(first: 3) { nodes { id parts { id } } } }', {}, 1 + 3 * 2],
  ['{ items(first: 3) { nodes { parts { parts { id } } } } }', {}, 1 + 3 * (1 + 1 + 10)],
  [
    'query ($n: Int) { items(first: $n) { nodes { related(first: $n) { nodes { id } } } } }',
    { n: 7 },
    1 + 7 * (1 + 1 + 7),
  ],
  ['query ($n: Int = 4) { items(first: $n) { nodes { id } } }', {}, 1 + 4],
  ['{ ...F } fragment F on Query { items(first: 2) { ... on Items { nodes { id } } } }', {}, 1 + 2],
  ['mutation { save { id } again: save { id } }', {}, 20 + 2],
])('%s with %j costs %d', (text, variables, cost) => {
  expect(costOf(text, variables).cost).toBe(cost);
});

test('the largest page counts, also of a list of scalars', () => {
  expect(costOf('{ items(first: 3) { totalCount } tags(first: 500) }').pageSize).toBe(500);
});

test('fragments that double with each level, and such that spread each other, are measured at once', () => {
  const levels = Array.from({ length: 60 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
  const doubling = `{ ...F0 } ${levels.join(' ')} fragment F60 on Query { item { id } }`;
  const all = () => {
    expect(costOf(doubling).cost).toBe(2 ** 60);
    expect(() => judged(doubling)).toThrow(/more than 3 root fields/);
    expect(costOf('{ ...F } fragment F on Query { ...G item { id } } fragment G on Query { ...F }').cost).toBe(1);
  };
  expect(bestOf(all)).toBeLessThan(200);
});

const judge = createOperationLimits({ maxRootFields: 3, maxCost: 100, maxPageSize: 50 });
const judged = (text: string, variables = {}) => {
  const { document, operation } = operationOf(text);
  const known = judge(schema, document, operation);
  known.check(variables);
  return [...known.classes];
};

test.each([
  ['{ items(first: 50) { nodes { id } } }', ['read']],
  ['{ a: item { id } b: item { id } c: item { id } }', ['read']],
  ['mutation { sessionCreate { id } }', ['credentials']],
  ['mutation { sessionCreate { id } paymentSessionCreate { id } save { id } }', ['credentials', 'payment', 'write']],
])('just within each limit: %s', (text, classes) => {
  expect(judged(text)).toEqual(classes);
});

test.each([
  ['{ items(first: 51) { totalCount } }', /page of 51 .* maxPageSize/],
  ['{ items(first: 50) { nodes { related { totalCount } } } }', /101 objects; at most 100 .* maxCost/],
  ['{ a: item { id } b: item { id } c: item { id } d: item { id } }', /more than 3 root fields/],
  ['mutation { a: sessionCreate { id } b: sessionCreate { id } }', /several fields of the kind "credentials"/],
  [
    'mutation { a: paymentSessionCreate { id } ...F } fragment F on Mutation { paymentSessionCreate { id } }',
    /"payment"/,
  ],
  ['{ orderByNumber { id } again: orderByNumber { id } }', /"lookup"/],
])('just beyond: %s', (text, message) => {
  expect(() => judged(text)).toThrow(message);
});

describe('of the real graph', () => {
  const api = readFileSync('schema/api.graphql', 'utf8');
  const graph = buildSchema(api);

  test('every classified field exists', () => {
    const fields = { ...graph.getQueryType()?.getFields(), ...graph.getMutationType()?.getFields() };
    expect(classifiedFields.filter((name) => fields[name] === undefined)).toEqual([]);
  });

  test('every mutation of accounts that a guest may call counts as credentials', () => {
    const accounts = parse(readFileSync('schema/subgraphs/user.graphql', 'utf8'));
    const open = accounts.definitions
      .flatMap((node) =>
        node.kind === Kind.OBJECT_TYPE_DEFINITION && node.name.value === 'Mutation'
          ? (node.fields ?? []).filter((field) => field.directives?.some(({ name }) => name.value === 'public'))
          : [],
      )
      .map((field) => field.name.value);
    expect(open.length).toBeGreaterThan(3);
    expect(open.filter((name) => classOf('mutation', name) !== 'credentials')).toEqual([]);
  });

  test('every operation that our clients use is far within the limits, with the largest pages too', () => {
    const files = readdirSync('schema/operations', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.graphql'),
    );
    expect(files.length).toBeGreaterThan(40);
    for (const file of files) {
      const { document, operation } = operationOf(readFileSync(`schema/operations/${file}`, 'utf8'));
      const { cost } = compileCost(graph, document, operation)({ first: 100 });
      expect({ file, within: cost <= LIMITS.maxCost / 2 }).toEqual({ file, within: true });
    }
  });
});
