import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/**
 * The fields that a selection has, as often as it has them, also through fragments; no more than `atMost` and one, since fragments
 * that spread others twice can stand for billions. A cycle of fragments, which validation refuses, ends here.
 */
export function fieldsOf(set: SelectionSetNode | undefined, fragments: Fragments, atMost = Infinity): FieldNode[] {
  const fields: FieldNode[] = [];
  const seen = new Set<string>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const node of selections) {
      if (fields.length > atMost) return;
      if (node.kind === Kind.FIELD) fields.push(node);
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
  if (set !== undefined) visit(set);
  return fields;
}

/** The names of the fields that an operation selects at its root; see {@link fieldsOf}. */
export function rootFieldsOf(operation: OperationDefinitionNode, document: DocumentNode, atMost: number): string[] {
  return fieldsOf(operation.selectionSet, fragmentsOf(document), atMost).map((field) => field.name.value);
}

/** A document's fragments by name. */
export function fragmentsOf(document: DocumentNode): Fragments {
  return new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
}
