import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

type Info = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>;

const known = new WeakMap<FieldNode, { direct: ReadonlySet<string>; anywhere: ReadonlySet<string> }>();

/** Whether the query asks for one of these fields directly below this one; @skip and @include count as asking. */
export function asksFor(info: Info, ...names: readonly string[]): boolean {
  return names.some((name) => selectionOf(info).direct.has(name));
}

/** Whether the query asks for one of these fields at any depth below this one. */
export function asksAnywhereFor(info: Info, ...names: readonly string[]): boolean {
  return names.some((name) => selectionOf(info).anywhere.has(name));
}

/** Documents are parsed once and kept, so the answer is found once per operation. */
function selectionOf(info: Info) {
  const [first] = info.fieldNodes;
  const earlier = first && info.fieldNodes.length === 1 ? known.get(first) : undefined;
  if (earlier) return earlier;
  const direct = new Set<string>();
  const anywhere = new Set<string>();
  // Fragments that spread each other again and again are walked once directly below the field and once deeper down.
  const walked = { direct: new Set<string>(), deeper: new Set<string>() };
  const walk = (set: SelectionSetNode | undefined, place: keyof typeof walked): void => {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) {
        if (place === 'direct') direct.add(selection.name.value);
        anywhere.add(selection.name.value);
        walk(selection.selectionSet, 'deeper');
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        walk(selection.selectionSet, place);
      } else if (!walked[place].has(selection.name.value)) {
        walked[place].add(selection.name.value);
        walk(info.fragments[selection.name.value]?.selectionSet, place);
      }
    }
  };
  for (const node of info.fieldNodes) walk(node.selectionSet, 'direct');
  const selection = { direct, anywhere };
  if (first && info.fieldNodes.length === 1) known.set(first, selection);
  return selection;
}
