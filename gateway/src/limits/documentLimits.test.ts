import { buildSchema, parse, validate } from 'graphql';
import { documentLimits } from './documentLimits.js';

const schema = buildSchema('type Query { a: Query, n: Int }');
const faults = (text: string) =>
  validate(schema, parse(text), [documentLimits({ maxDepth: 3, maxAliases: 2, maxDirectives: 2 })]).map(
    (error) => error.message,
  );

test('operations within both limits pass', () => {
  expect(faults('{ x: a { y: a { n } } }')).toEqual([]);
});

test('one level too many is refused, in fragments too', () => {
  const message = 'The operation is nested 4 levels deep; at most 3 are allowed.';
  expect(faults('{ a { a { a { n } } } }')).toEqual([message]);
  expect(faults('{ a { ...F } } fragment F on Query { a { ... on Query { a { n } } } }')).toEqual([message]);
});

test('one alias too many is refused', () => {
  expect(faults('{ x: n y: n z: n }')).toEqual(['The operation has 3 aliases; at most 2 are allowed.']);
});

test('aliases of a fragment count at each place where it is spread', () => {
  expect(faults('{ ...F a { ...F } } fragment F on Query { x: n y: n }')).toEqual([
    'The operation has 4 aliases; at most 2 are allowed.',
  ]);
});

test('fragments that spread each other end', () => {
  expect(faults('{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }')).toEqual([]);
});

test('doubling fragments are measured without walking each copy', () => {
  const levels = Array.from({ length: 60 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
  const started = performance.now();
  const [message] = faults(`{ ...F0 } ${levels.join(' ')} fragment F60 on Query { x: n }`);
  expect(message).toMatch(/^The operation has \d+/);
  expect(performance.now() - started).toBeLessThan(500);
});

test('each operation of a document is measured', () => {
  expect(faults('query A { n } query B { x: n y: n z: n }')).toHaveLength(1);
});

test('one directive too many is refused, wherever it stands', () => {
  expect(faults('{ n @skip(if: false) a @include(if: true) { n } }')).toEqual([]);
  expect(
    faults('{ ...F n @skip(if: false) } fragment F on Query { n @skip(if: false) a @skip(if: false) { n } }'),
  ).toEqual(['The operation has 3 directives; at most 2 are allowed.']);
});
