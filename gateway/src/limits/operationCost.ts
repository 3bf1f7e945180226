import {
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  typeFromAST,
  type ValueNode,
} from 'graphql';
import { fragmentsOf } from './operationFields.js';

/** What one run of an operation may cost, from its arguments alone. */
export interface Cost {
  /** Objects that the answer may have, a mutation counted as ten. */
  readonly cost: number;
  /** The largest page that is asked for. */
  readonly pageSize: number;
}

type Variables = Readonly<Record<string, unknown>>;
/** What one measurement collects: the largest page, and what each fragment costs, so that none is measured twice. */
interface Run {
  pageSize: number;
  readonly fragments: Map<string, number>;
}
type Measure = (variables: Variables, run: Run) => number;

/** Items of a list that takes no page size: variants of a product, lines of an order. */
const LIST_SIZE = 10;
const MUTATION_COST = 10;

/**
 * Compiles the cost of an operation, so that measuring a request is arithmetic over its variables. An object costs 1, a page (`first` or
 * `last`, given or by default) as many times what it contains, a list without a page size ten times; scalars are free.
 */
export function compileCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): (variables: Variables) => Cost {
  const fragments = fragmentsOf(document);
  const defaults: Record<string, unknown> = {};
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    if (defaultValue?.kind === Kind.INT) defaults[variable.name.value] = Number(defaultValue.value);
  }

  const compiled = new Map<string, Measure>();

  /** Compiled once, measured once in each run: fragments that spread others twice would double with each level. */
  function measureFragment(name: string): Measure {
    const known = compiled.get(name);
    if (known) return known;
    compiled.set(name, () => 0); // a cycle ends here; another rule refuses it
    const fragment = fragments.get(name);
    const type = fragment && typeFromAST(schema, fragment.typeCondition);
    const inner = fragment && isCompositeType(type) ? measureSet(fragment.selectionSet, type) : () => 0;
    const measure: Measure = (variables, run) => {
      const found = run.fragments.get(name) ?? inner(variables, run);
      run.fragments.set(name, found);
      return found;
    };
    compiled.set(name, measure);
    return measure;
  }

  function measureSet(set: SelectionSetNode, type: GraphQLCompositeType): Measure {
    const parts: Measure[] = set.selections.flatMap((node): Measure[] => {
      if (node.kind === Kind.FIELD) return measureField(node, type);
      if (node.kind === Kind.INLINE_FRAGMENT) {
        const narrowed = node.typeCondition ? typeFromAST(schema, node.typeCondition) : type;
        return isCompositeType(narrowed) ? [measureSet(node.selectionSet, narrowed)] : [];
      }
      return [measureFragment(node.name.value)];
    });
    return (variables, run) => parts.reduce((sum, part) => sum + part(variables, run), 0);
  }

  function measureField(node: FieldNode, parent: GraphQLCompositeType): Measure[] {
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    const type = field && getNamedType(field.type);
    if (!field || !node.selectionSet || !isCompositeType(type)) return field ? pageOnly(field, node) : [];
    const inner = measureSet(node.selectionSet, type);
    const size = pageSizeOf(field, node);
    // The nodes and edges of a connection are as many as the connection was asked for: its own page counts them.
    const isPagePart = node.name.value === 'nodes' || node.name.value === 'edges';
    const times = size === undefined && isList(field) && !isPagePart ? LIST_SIZE : 1;
    return [
      (variables, run) => {
        const page = size?.(variables);
        if (page !== undefined) run.pageSize = Math.max(run.pageSize, page);
        return 1 + (page === undefined ? times : Math.max(page, 0)) * inner(variables, run);
      },
    ];
  }

  function pageOnly(field: GraphQLField<unknown, unknown>, node: FieldNode): Measure[] {
    const size = pageSizeOf(field, node);
    if (size === undefined) return [];
    return [
      (variables, run) => {
        run.pageSize = Math.max(run.pageSize, size(variables) ?? 0);
        return 0;
      },
    ];
  }

  /** How many items are asked for, as far as arguments say so. */
  function pageSizeOf(
    field: GraphQLField<unknown, unknown>,
    node: FieldNode,
  ): ((variables: Variables) => number | undefined) | undefined {
    const argument = field.args.find(({ name }) => name === 'first' || name === 'last');
    if (argument === undefined) return undefined;
    const given = node.arguments?.find(({ name }) => name.value === 'first' || name.value === 'last')?.value;
    const fallback = typeof argument.defaultValue === 'number' ? argument.defaultValue : LIST_SIZE;
    return (variables) => (given === undefined ? fallback : (numberOf(given, variables) ?? fallback));
  }

  function numberOf(value: ValueNode, variables: Variables): number | undefined {
    if (value.kind === Kind.INT) return Number(value.value);
    if (value.kind !== Kind.VARIABLE) return undefined;
    const found = variables[value.name.value] ?? defaults[value.name.value];
    return typeof found === 'number' ? found : undefined;
  }

  const root = schema.getRootType(operation.operation);
  const own = operation.operation === 'mutation' ? MUTATION_COST * operation.selectionSet.selections.length : 0;
  const measure = root ? measureSet(operation.selectionSet, root) : () => 0;
  return (variables) => {
    const run: Run = { pageSize: 0, fragments: new Map() };
    return { cost: own + measure(variables, run), pageSize: run.pageSize };
  };
}

function isList(field: GraphQLField<unknown, unknown>): boolean {
  return isListType(isNonNullType(field.type) ? field.type.ofType : field.type);
}
