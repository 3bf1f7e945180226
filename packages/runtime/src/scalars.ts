import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';

/** A scalar whose literals are handled like variables, and whose errors never repeat the value. */
function scalar(
  name: string,
  description: string,
  check: (value: unknown) => unknown,
  serialize: (value: unknown) => unknown = check,
) {
  const input = (value: unknown) => {
    const parsed = check(value);
    if (parsed === undefined)
      throw new GraphQLError(`${name} expected: ${description}`, { extensions: { code: 'BAD_USER_INPUT' } });
    return parsed;
  };
  return new GraphQLScalarType({
    name,
    description,
    serialize: (value) => {
      const out = serialize(value);
      if (out === undefined) throw new TypeError(`${name} cannot represent the value of a resolver`);
      return out;
    },
    parseValue: input,
    parseLiteral: (node: ValueNode, variables) =>
      input(
        node.kind === Kind.INT || node.kind === Kind.FLOAT ? Number(node.value) : valueFromASTUntyped(node, variables),
      ),
  });
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
const matching = (pattern: RegExp) => (value: unknown) =>
  typeof value === 'string' && pattern.test(value) ? value : undefined;

/** The scalars of schema/subgraphs/_shared.graphql. */
export const scalars = {
  DateTime: scalar(
    'DateTime',
    'a moment in ISO 8601 with time zone, answered in UTC',
    (value) => {
      const date = typeof value === 'string' && DATE_TIME.test(value) ? new Date(value) : undefined;
      return date && !Number.isNaN(date.getTime()) ? date : undefined;
    },
    (value) => (value instanceof Date ? value.toISOString() : typeof value === 'string' ? value : undefined),
  ),
  JSON: scalar('JSON', 'any JSON value', (value) => value),
  SafeInt: scalar('SafeInt', 'a whole number between -(2^53-1) and 2^53-1', (value) =>
    Number.isSafeInteger(value) ? value : undefined,
  ),
  Decimal: scalar('Decimal', 'a decimal number as text', (value) =>
    typeof value === 'string' && /^-?\d{1,30}(\.\d{1,20})?$/.test(value) ? value : undefined,
  ),
  CurrencyCode: scalar('CurrencyCode', 'an ISO 4217 code such as EUR', matching(/^[A-Z]{3}$/)),
  CountryCode: scalar('CountryCode', 'an ISO 3166-1 alpha-2 code such as DE', matching(/^[A-Z]{2}$/)),
};
