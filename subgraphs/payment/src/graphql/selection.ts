import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

const known = new WeakMap<FieldNode, ReadonlySet<string>>();

/**
 * The names of all fields selected below a field, at any depth. Operations are compiled once and kept, so the walk is done once
 * per operation.
 */
export function selectedNames(info: GraphQLResolveInfo): ReadonlySet<string> {
  const node = info.fieldNodes[0];
  const cached = node && known.get(node);
  if (cached) return cached;
  const names = new Set<string>();
  const visited = new Set<string>();
  const walk = (selections: SelectionSetNode | undefined): void => {
    for (const selection of selections?.selections ?? []) {
      if (selection.kind === Kind.FIELD) {
        names.add(selection.name.value);
        walk(selection.selectionSet);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        walk(selection.selectionSet);
      } else if (!visited.has(selection.name.value)) {
        visited.add(selection.name.value);
        walk(info.fragments[selection.name.value]?.selectionSet);
      }
    }
  };
  for (const field of info.fieldNodes) walk(field.selectionSet);
  if (node) known.set(node, names);
  return names;
}

/** Whether the history of payments is selected anywhere below a field. */
export const selectsHistory = (info: GraphQLResolveInfo): boolean => selectedNames(info).has('events');
