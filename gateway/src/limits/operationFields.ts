import { type DocumentNode, type FragmentDefinitionNode, Kind, type OperationDefinitionNode } from 'graphql';

/**
 * The names of the fields that an operation selects at its root, as often as it selects them, also through fragments; no more than
 * `atMost` and one, since fragments that spread others twice can stand for billions. A cycle of fragments, which validation
 * refuses, ends here.
 */
export function rootFieldsOf(operation: OperationDefinitionNode, document: DocumentNode, atMost: number): string[] {
  const fragments = fragmentsOf(document);
  const fields: string[] = [];
  const seen = new Set<string>();
  const visit = (set: OperationDefinitionNode['selectionSet']): void => {
    for (const node of set.selections) {
      if (fields.length > atMost) return;
      if (node.kind === Kind.FIELD) fields.push(node.name.value);
      else if (node.kind === Kind.INLINE_FRAGMENT) visit(node.selectionSet);
      else {
        const fragment = fragments.get(node.name.value);
        if (fragment === undefined || seen.has(node.name.value)) continue;
        seen.add(node.name.value);
        visit(fragment.selectionSet);
        seen.delete(node.name.value);
      }
    }
  };
  visit(operation.selectionSet);
  return fields;
}

/** A document's fragments by name. */
export function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
}
