import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromASTUntyped,
} from 'graphql';

type Values = Readonly<Record<string, unknown>>;

/**
 * graphql-jit 0.8 refuses what is left out of a variable declared `$name: Type! = default`, or of an input object's field declared
 * so, where GraphQL takes the default. This answers a function that fills them in, or undefined when the operation has none.
 */
export function inputDefaults(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
): ((variables: Values) => Values) | undefined {
  const definitions = operation.variableDefinitions ?? [];
  const ofVariables = definitions.flatMap(({ variable, type, defaultValue }) =>
    type.kind === Kind.NON_NULL_TYPE && defaultValue !== undefined
      ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const]
      : [],
  );
  const affected = definitions.flatMap((definition) => {
    const type = typeFromAST(schema, definition.type as Parameters<typeof typeFromAST>[1]) as
      | GraphQLInputType
      | undefined;
    return type && hasDefaults(type, new Set()) ? [[definition.variable.name.value, type] as const] : [];
  });
  if (affected.length + ofVariables.length === 0) return undefined;
  return (variables) => {
    const filled: Record<string, unknown> = { ...variables };
    for (const [name, value] of ofVariables) {
      if (filled[name] === undefined) filled[name] = value;
    }
    for (const [name, type] of affected) {
      if (name in filled) filled[name] = fill(type, filled[name]);
    }
    return filled;
  };
}

/** Whether a variable's input type contains itself; compiling the check of such a variable would never end. */
export function hasRecursiveInput(schema: GraphQLSchema, operation: OperationDefinitionNode): boolean {
  const within = (type: GraphQLInputType, path: ReadonlySet<GraphQLInputType>): boolean => {
    const named = getNamedType(type);
    if (!isInputObjectType(named)) return false;
    if (path.has(named)) return true;
    const deeper = new Set(path).add(named);
    return Object.values(named.getFields()).some((field) => within(field.type, deeper));
  };
  return (operation.variableDefinitions ?? []).some((definition) => {
    const type = typeFromAST(schema, definition.type as Parameters<typeof typeFromAST>[1]);
    return type !== undefined && within(type as GraphQLInputType, new Set());
  });
}

function hasDefaults(type: GraphQLInputType, seen: Set<GraphQLInputType>): boolean {
  const named = getNullableType(type);
  if (isListType(named)) return hasDefaults(named.ofType as GraphQLInputType, seen);
  if (!isInputObjectType(named) || seen.has(named)) return false;
  seen.add(named);
  return Object.values(named.getFields()).some(
    (field) => (isNonNullType(field.type) && field.defaultValue !== undefined) || hasDefaults(field.type, seen),
  );
}

function fill(type: GraphQLInputType, value: unknown): unknown {
  const named = getNullableType(type);
  if (isListType(named)) {
    const item = named.ofType as GraphQLInputType;
    return Array.isArray(value) ? value.map((part) => fill(item, part)) : fill(item, value);
  }
  if (!isInputObjectType(named) || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const filled: Record<string, unknown> = { ...value };
  for (const field of Object.values(named.getFields())) {
    if (field.name in filled) filled[field.name] = fill(field.type, filled[field.name]);
    else if (isNonNullType(field.type) && field.defaultValue !== undefined) filled[field.name] = field.defaultValue;
  }
  return filled;
}
