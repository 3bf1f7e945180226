import { type FieldNode, type FragmentDefinitionNode, Kind, parse } from 'graphql';
import { asksAnywhereFor, asksFor } from './selection.js';

/** What a resolver of the document's root fields is told, all of them merged as one field. */
function infoOf(text: string) {
  const { definitions } = parse(text);
  const fragments: Record<string, FragmentDefinitionNode> = {};
  let fieldNodes: FieldNode[] = [];
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
    else if (definition.kind === Kind.OPERATION_DEFINITION)
      fieldNodes = definition.selectionSet.selections as FieldNode[];
  }
  return { fieldNodes, fragments };
}

test('fields are seen through fragments, directly below and deeper down', () => {
  const info = infoOf('{ list { ...Page } } fragment Page on List { nodes { ... on Node { name } } totalCount }');
  expect([asksFor(info, 'totalCount'), asksFor(info, 'name'), asksAnywhereFor(info, 'name')]).toEqual([
    true,
    false,
    true,
  ]);
  expect(asksAnywhereFor(info, 'facets')).toBe(false);
});

test('a fragment that stands deeper down first still counts directly below', () => {
  const info = infoOf('{ node { parent { ...Named } ...Named } } fragment Named on Node { name }');
  expect(asksFor(info, 'name')).toBe(true);
});

test('what the same field asks for in several places counts together', () => {
  const info = infoOf('{ list { nodes } list { totalCount } }');
  expect([asksFor(info, 'nodes'), asksFor(info, 'totalCount')]).toEqual([true, true]);
});

test('fragments that double at each level are walked in no time', () => {
  const levels = Array.from(
    { length: 40 },
    (_, level) => `fragment F${level} on N { a { ...F${level + 1} } b { ...F${level + 1} } }`,
  );
  const info = infoOf(`{ n { ...F0 } } ${levels.join(' ')} fragment F40 on N { last }`);
  expect(asksAnywhereFor(info, 'last')).toBe(true);
});
