import { Kind, parse, type SelectionNode } from 'graphql';

const KEPT_FETCHES = 1_000;
/** A page of entities whose service is down reports so many places and no more. */
const MAX_POSITIONS = 25;

const kept = new Map<string, readonly string[]>();

/**
 * The places in a subgraph's answer that stay empty when it does not answer: the fields of a root fetch, or each
 * asked-for field of each entity. Apollo's gateway turns them into paths of the client's answer.
 */
export function fetchPositions(query: string, variables: Record<string, unknown> | undefined): (string | number)[][] {
  const fields = fieldsOf(query);
  const representations = variables?.representations;
  if (!Array.isArray(representations)) return fields.map((field) => [field]);
  return representations
    .flatMap((_, index) => fields.map((field) => ['_entities', index, field]))
    .slice(0, MAX_POSITIONS);
}

function fieldsOf(query: string): readonly string[] {
  let fields = kept.get(query);
  if (!fields) {
    fields = responseKeys(query);
    if (kept.size >= KEPT_FETCHES) kept.delete(kept.keys().next().value as string);
    kept.set(query, fields);
  }
  return fields;
}

/** Names in the answer of the top level, or of the entities below `_entities`. */
function responseKeys(query: string): string[] {
  const document = parse(query, { noLocation: true });
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  const flatten = (selections: readonly SelectionNode[]): string[] =>
    selections.flatMap((node) => {
      if (node.kind === Kind.INLINE_FRAGMENT) return flatten(node.selectionSet.selections);
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = document.definitions.find(
          (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === node.name.value,
        );
        return fragment?.kind === Kind.FRAGMENT_DEFINITION ? flatten(fragment.selectionSet.selections) : [];
      }
      if (node.name.value === '_entities') return flatten(node.selectionSet?.selections ?? []);
      return node.name.value === '__typename' ? [] : [node.alias?.value ?? node.name.value];
    });
  return [...new Set(flatten(operation?.selectionSet.selections ?? []))];
}
