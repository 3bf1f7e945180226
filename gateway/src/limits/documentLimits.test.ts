import { readFileSync } from 'node:fs';
import { bestOf } from '@souk/testkit';
import { buildSchema, parse, validate } from 'graphql';
import { LIMITS } from '../supergraph/apolloServer.js';
import { createDocumentCheck, documentFault } from './documentLimits.js';

const limits = { maxTokens: 40, maxDepth: 3, maxAliases: 2, maxDirectives: 2, maxRepeats: 2, maxSpreads: 200 };
const faults = (text: string) => [documentFault(parse(text), limits) ?? []].flat();

test('operations within the limits pass', () => {
  expect(faults('{ x: a { y: a { n } } }')).toEqual([]);
});

test('one level too many is refused, in fragments too', () => {
  const message = 'The operation is nested 4 levels deep; at most 3 are allowed (limit maxDepth).';
  expect(faults('{ a { a { a { n } } } }')).toEqual([message]);
  expect(faults('{ a { ...F } } fragment F on Query { a { ... on Query { a { n } } } }')).toEqual([message]);
});

test('one alias too many is refused', () => {
  expect(faults('{ x: n y: n z: n }')).toEqual([
    'The operation has 3 aliases; at most 2 are allowed (limit maxAliases).',
  ]);
});

test('aliases of a fragment count at each place where it is spread', () => {
  expect(faults('{ ...F a { ...F } } fragment F on Query { x: n y: n }')).toEqual([
    'The operation has 4 aliases; at most 2 are allowed (limit maxAliases).',
  ]);
});

test('fragments that spread each other end', () => {
  expect(faults('{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }')).toEqual([]);
});

test('doubling fragments are measured without walking each copy', () => {
  const levels = Array.from({ length: 60 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
  const text = `{ ...F0 } ${levels.join(' ')} fragment F60 on Query { x: n }`;
  expect(bestOf(() => expect(faults(text)[0]).toMatch(/^The operation has \d+/))).toBeLessThan(500);
});

test('each operation of a document is measured', () => {
  expect(faults('query A { n } query B { x: n y: n z: n }')).toHaveLength(1);
});

test('one directive too many is refused, wherever it stands', () => {
  expect(faults('{ n @skip(if: false) a @include(if: true) { n } }')).toEqual([]);
  expect(
    faults('{ ...F n @skip(if: false) } fragment F on Query { n @skip(if: false) a @skip(if: false) { n } }'),
  ).toEqual(['The operation has 3 directives; at most 2 are allowed (limit maxDirectives).']);
});

test('fields that stand in one selection again count, also through inline fragments; plain ones cost nothing', () => {
  expect(faults('{ n n n n n a { n } a { n } a { n } }')).toEqual([]);
  const message = 'The document repeats 3 fields; at most 2 are allowed (limit maxRepeats).';
  expect(faults('{ a { n } a { n } ... { a { n } a { n } } }')).toEqual([message]);
  expect(faults('{ a { a { n } } a { a { n } } a { n } }')).toEqual([]);
  expect(faults('{ n } fragment F on Query { a { n } a { n } a { n } a { n } }')).toEqual([message]);
});

test('fragments and the places where they are spread are counted together', () => {
  const count = (n: number) => `{ ${'...F '.repeat(n)} } fragment F on Query { n }`;
  expect(faults(count(199))).toEqual([]);
  expect(faults(count(200))).toEqual([
    'The document has 201 fragments and spreads; at most 200 are allowed (limit maxSpreads).',
  ]);
});

test('a text that is fine is parsed once; one that is no document is left to the server', () => {
  const check = createDocumentCheck(limits);
  for (let n = 0; n < 2; n += 1) {
    expect(check('{ x: n }')).toBeUndefined();
    expect(check('{ x: n y: n z: n }')).toMatch(/maxAliases/);
    expect(check('{ x: ')).toBeUndefined();
    expect(check(`{ ${'n '.repeat(50)} }`)).toBeUndefined(); // too many tokens: refused when it is parsed to be executed
  }
});

/** Documents of as many tokens as are allowed, for which validation compares what is repeated. */
const GREEDY: readonly [name: string, of: (tokens: number) => string][] = [
  ['objects', (n) => `{ ${'me{id}'.repeat(Math.floor((n - 2) / 4))} }`],
  ['levels', (n) => `{ ${'products{nodes{variants{id}}}'.repeat(Math.floor((n - 2) / 10))} }`],
  ['inline fragments', (n) => `{ ${'...{me{id}}'.repeat(Math.floor((n - 2) / 7))} }`],
  ['arguments', (n) => `{ ${'products(first:1){totalCount}'.repeat(Math.floor((n - 2) / 9))} }`],
  [
    'fragments that spread two others',
    (n) =>
      `{ ...F0 } ${Array.from({ length: Math.floor(n / 12) }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 2} }`).join(' ')}`,
  ],
  [
    'fragments that are all alike',
    (n) =>
      `{ ${Array.from({ length: Math.floor(n / 13) }, (_, i) => `...F${i}`).join(' ')} } ${Array.from({ length: Math.floor(n / 13) }, (_, i) => `fragment F${i} on Query { me { id } }`).join(' ')}`,
  ],
];

test.each(GREEDY)('what would cost seconds to validate is refused at once: %s', (_name, of) => {
  const check = createDocumentCheck(LIMITS);
  const text = of(LIMITS.maxTokens);
  expect(bestOf(() => expect(check(text)).toMatch(/maxRepeats|maxSpreads/))).toBeLessThan(20);
});

test('the worst that passes is validated within a fraction of a second', () => {
  const graph = buildSchema(readFileSync('schema/api.graphql', 'utf8'));
  const check = createDocumentCheck(LIMITS);
  const heavy = `products(first: 1) { ${'nodes { id name } '.repeat(2)} ${'totalCount '.repeat(40)} }`;
  for (const text of [
    `{ ${heavy.repeat(10)} }`,
    `{ ${Array.from({ length: 10 }, (_, n) => `a${n}: products { ${'totalCount '.repeat(190)} }`).join(' ')} }`,
    `{ ${Array.from({ length: 50 }, (_, i) => `...F${i}`).join(' ')} } ${Array.from({ length: 50 }, (_, i) => `fragment F${i} on Query { products(first: 1) { totalCount nodes { id name } } }`).join(' ')}`,
  ]) {
    expect(check(text)).toBeUndefined();
    const document = parse(text, { maxTokens: LIMITS.maxTokens });
    expect(bestOf(() => expect(validate(graph, document)).toEqual([]))).toBeLessThan(500);
  }
});
