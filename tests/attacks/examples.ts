import {
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** How a value of a type may be made; `trap` says what stands in its texts. */
export function example(type: GraphQLInputType, trap: string, depth = 0): unknown {
  if (isNonNullType(type)) return example(type.ofType, trap, depth);
  if (isListType(type)) return [example(type.ofType, trap, depth)];
  // The last one: what is made is a draft, and not on sale.
  if (isEnumType(type)) return type.getValues().at(-1)?.name;
  if (isInputObjectType(type)) {
    return Object.fromEntries(
      Object.values(type.getFields())
        // Optional objects are left out below the second level, where types contain themselves.
        .filter((field) => isNonNullType(field.type) || isLeafType(getNamedType(field.type)) || depth < 2)
        .map((field) => [field.name, example(field.type, trap, depth + 1)]),
    );
  }
  switch (type.name) {
    case 'Int':
    case 'SafeInt':
      return 1;
    case 'Float':
      return 1.5;
    case 'Boolean':
      return false;
    case 'DateTime':
      return '2026-01-01T00:00:00Z';
    case 'Decimal':
      return '1.00';
    case 'CurrencyCode':
      return 'EUR';
    case 'CountryCode':
      return 'DE';
    default:
      return trap;
  }
}

/** A selection of leaves, two levels deep, with errors told. */
export function selection(type: GraphQLOutputType, depth = 0): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (!isObjectType(named)) return '{ __typename }';
  const parts = Object.values(named.getFields()).flatMap((field) => {
    if (field.args.some((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined)) return [];
    if (isLeafType(getNamedType(field.type))) return [field.name];
    if (field.name === 'userErrors') return ['userErrors { __typename code message }'];
    return depth < 1 && isObjectType(getNamedType(field.type)) && field.args.length === 0
      ? [`${field.name} ${selection(field.type, depth + 1)}`]
      : [];
  });
  return `{ ${['__typename', ...parts].join(' ')} }`;
}
