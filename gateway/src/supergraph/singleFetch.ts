import type { ApolloGateway } from '@apollo/gateway';
import { type FragmentDefinitionNode, isNullableType, Kind, parse, type SelectionSetNode } from 'graphql';

type DidResolveQueryPlan = Parameters<
  NonNullable<NonNullable<ConstructorParameters<typeof ApolloGateway>[0]>['experimental_didResolveQueryPlan']>
>[0];
type PlanNode = DidResolveQueryPlan['queryPlan']['node'];
export type FetchNode = Extract<PlanNode, { kind: 'Fetch' }>;

/** Names in an answer, by level. */
interface Shape extends Map<string, Shape> {}

export interface SingleFetch {
  readonly fetch: FetchNode;
  /** The client's data when the subgraph has none: every root field null, or nothing at all where one may not be. */
  readonly withoutData: Readonly<Record<string, null>> | null;
}

/**
 * The fetch of a query plan whose answer is the client's answer as it stands: one root fetch to one subgraph that asks
 * for exactly the names that the client asked for. Everything else gives undefined: further fetches, rewritten data,
 * names that the planner added (`__typename`) or answers itself, conditions by @skip and @include.
 */
export function singleFetch(
  plan: Pick<DidResolveQueryPlan, 'queryPlan' | 'operationContext'>,
): SingleFetch | undefined {
  const node = plan.queryPlan.node;
  if (node?.kind !== 'Fetch' || node.requires || node.hasDefers) return undefined;
  if (node.outputRewrites?.length || node.contextRewrites?.length) return undefined;
  const { operation, fragments, schema } = plan.operationContext;
  const asked = shapeOf(operation.selectionSet, fragments);
  const fetched = shapeOfFetch(node.operation);
  if (!asked || !fetched || !sameShape(asked, fetched)) return undefined;
  const root = schema.getRootType(operation.operation)?.getFields() ?? {};
  const mayBeNull = rootFields(operation.selectionSet, fragments).every((name) => isNullableType(root[name]?.type));
  return {
    fetch: node,
    withoutData: mayBeNull ? Object.fromEntries([...asked.keys()].map((key) => [key, null])) : null,
  };
}

function rootFields(set: SelectionSetNode, fragments: Record<string, FragmentDefinitionNode>): string[] {
  return set.selections.flatMap((node) => {
    if (node.kind === Kind.FIELD) return [node.name.value];
    const inner = node.kind === Kind.INLINE_FRAGMENT ? node : fragments[node.name.value];
    return inner ? rootFields(inner.selectionSet, fragments) : [];
  });
}

function shapeOfFetch(text: string): Shape | undefined {
  const document = parse(text, { noLocation: true });
  const fragments: Record<string, FragmentDefinitionNode> = {};
  let root: SelectionSetNode | undefined;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
    if (definition.kind === Kind.OPERATION_DEFINITION) root = definition.selectionSet;
  }
  return root && shapeOf(root, fragments);
}

function shapeOf(root: SelectionSetNode, fragments: Record<string, FragmentDefinitionNode>): Shape | undefined {
  let conditional = false;
  const collect = (set: SelectionSetNode, into: Shape): void => {
    for (const node of set.selections) {
      if (node.directives?.length) conditional = true;
      if (node.kind === Kind.FIELD) {
        const name = node.alias?.value ?? node.name.value;
        const below = into.get(name) ?? new Map();
        into.set(name, below);
        if (node.selectionSet) collect(node.selectionSet, below);
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        collect(node.selectionSet, into);
      } else {
        const fragment = fragments[node.name.value];
        if (fragment) collect(fragment.selectionSet, into);
      }
    }
  };
  const shape: Shape = new Map();
  collect(root, shape);
  return conditional ? undefined : shape;
}

function sameShape(a: Shape, b: Shape): boolean {
  return (
    a.size === b.size &&
    [...a].every(([name, below]) => {
      const other = b.get(name);
      return other !== undefined && sameShape(below, other);
    })
  );
}
