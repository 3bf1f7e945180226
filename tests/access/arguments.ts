import {
  buildASTSchema,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { IDS } from '../../scripts/access/decisions.mjs';
import type { AccessField } from '../../scripts/access/fields.mjs';
import { readSubgraphs } from '../../scripts/schema/subgraphs.mjs';

export const subgraphs = readSubgraphs(new URL('../../schema/subgraphs', import.meta.url).pathname);

/** One executable description per subgraph, with what clients do not see. */
export const schemas: ReadonlyMap<string, GraphQLSchema> = new Map(
  subgraphs.map(({ name, document }) => [name, buildASTSchema(document, { assumeValid: true, assumeValidSDL: true })]),
);

/** How a call of a root field is filled. */
export interface Filling {
  /** The id for an argument: of a real thing, or of none. */
  readonly id: (thing: string, path: string) => string;
  /** Text for every string: one that is valid and tells where it came from, or `''` to be refused for it. */
  readonly text: string;
  /** Optional arguments that are given all the same. */
  readonly given?: readonly string[];
}

export interface Call {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** A call of this root field: all that is required and what is asked for beside it, each value made from its type. */
export function callOf(field: AccessField, filling: Filling): Call {
  const schema = schemas.get(field.service) as GraphQLSchema;
  const definition = (schema.getType(field.type) as GraphQLObjectType).getFields()[field.name];
  if (definition === undefined) throw new Error(`there is no ${field.key}`);
  const given = [...(filling.given ?? []), ...(GIVEN[field.key] ?? [])];
  const used = definition.args.filter(({ name, type }) => isNonNullType(type) || isGiven(given, name));
  const generated = Object.fromEntries(
    used.map(({ name, type }) => [name, exampleOf(type, [name], { field, filling, given })]),
  );
  const variables = { ...generated, ...OVERRIDES[field.key]?.(generated, filling) };
  const declared = definition.args.filter(({ name }) => name in variables);
  const heads = declared.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const args = declared.map(({ name }) => `${name}: $${name}`).join(', ');
  const kind = field.type === 'Query' ? 'query' : 'mutation';
  const selection = selectionOf(schema.getType(namedTypeOf(String(definition.type))));
  return {
    query: `${kind} ${heads && `(${heads})`} { ${field.name}${args && `(${args})`}${selection} }`,
    variables,
  };
}

const namedTypeOf = (type: string): string => type.replace(/[[\]!]/g, '');

/** As much as tells that there was an answer. */
function selectionOf(type: unknown): string {
  if (!isObjectType(type)) return '';
  const fields = type.getFields();
  const inner = ['id', 'userErrors'].filter((name) => name in fields);
  const chosen = inner.map((name) => (name === 'userErrors' ? 'userErrors { code message field }' : name));
  return ` { __typename ${chosen.join(' ')} }`;
}

interface Place {
  readonly field: AccessField;
  readonly filling: Filling;
  readonly given: readonly string[];
}

const isGiven = (given: readonly string[], path: string): boolean =>
  given.some((one) => one === path || one.startsWith(`${path}.`));

function exampleOf(type: GraphQLInputType, path: readonly string[], place: Place): unknown {
  if (isNonNullType(type)) return exampleOf(type.ofType, path, place);
  if (isListType(type)) return [exampleOf(type.ofType, path, place)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  const name = path.join('.');
  if (isInputObjectType(type)) {
    return Object.fromEntries(
      Object.values(type.getFields())
        .filter((field) => isNonNullType(field.type) || isGiven(place.given, `${name}.${field.name}`))
        .map((field) => [field.name, exampleOf(field.type, [...path, field.name], place)]),
    );
  }
  if (type.name === 'ID') return place.filling.id(thingOf(place.field, name), name);
  const last = String(path.at(-1));
  if (type.name === 'String' && last === 'email') return place.filling.text && `${place.filling.text}@test.example`;
  return SCALARS[type.name]?.() ?? place.filling.text;
}

const SCALARS: Readonly<Record<string, () => unknown>> = {
  Int: () => 1,
  SafeInt: () => 1,
  Boolean: () => false,
  DateTime: () => new Date().toISOString(),
  CurrencyCode: () => 'EUR',
  CountryCode: () => 'DE',
  Decimal: () => '1.00',
  JSON: () => ({}),
};

/** What an id names: as it was decided, else by the name of the argument, and of the field for a plain `id`. */
export function thingOf({ key, name }: AccessField, path: string): string {
  const decision = IDS[`${key}(${path})`];
  if (decision && 'thing' in decision) return decision.thing;
  const last = String(path.split('.').at(-1));
  if (last === 'customerId' || last === 'userId') return 'user';
  if (last === 'parentId' || last === 'categoryIds') return 'category';
  if (last === 'lineId') return 'orderLine';
  if (/^\w+Ids?$/.test(last)) return last.replace(/Ids?$/, '');
  const prefix = PREFIXES.find((noun) => name.startsWith(noun));
  return prefix === 'productVariant' ? 'variant' : (prefix ?? name);
}

/** Longer names before those that they begin with. */
const PREFIXES: readonly string[] = [
  ...[
    'draftOrder',
    'orderEdit',
    'order',
    'fulfillment',
    'return',
    'paymentMethod',
    'payment',
    'productVariant',
    'product',
  ],
  ...[
    'category',
    'promotion',
    'notification',
    'webhookEvent',
    'reconciliationDifference',
    'user',
    'address',
    'session',
    'job',
  ],
];

/** Arguments that are optional, and without which the field asks for nothing in particular. */
const GIVEN: Readonly<Record<string, readonly string[]>> = {
  'Query.product': ['id'],
  'Query.productVariant': ['id'],
  'Query.category': ['id'],
  'Query.ledger': ['paymentId'],
  'Mutation.sessionRevoke': ['id'],
  // Needed to disable.
  'Mutation.userActiveSet': ['reason'],
};

type Override = (generated: Record<string, unknown>, filling: Filling) => Record<string, unknown>;
const input =
  (more: (text: string) => object): Override =>
  (generated, { text }) => ({ input: { ...(generated.input as object), ...more(text) } });

/** Values that cannot be guessed from their types, or that would reach beyond these tests if they were accepted. */
const OVERRIDES: Readonly<Record<string, Override>> = {
  'Mutation.productCreate': input((name) => ({ name })),
  'Mutation.productBulkUpsert': (_, { text }) => ({ input: [{ name: text, slug: text }] }),
  'Mutation.categoryCreate': input((name) => ({ name })),
  'Mutation.categoryUpdate': input((name) => ({ name })),
  'Mutation.productUpdate': input((name) => ({ name })),
  'Mutation.paymentSessionCreate': input(() => ({ provider: 'stripe' })),
  // A promotion without a code would apply to every cart.
  'Mutation.promotionCreate': input((text) => ({
    name: text,
    code: text.slice(0, 40),
    kind: 'FREE_SHIPPING',
    isActive: false,
  })),
  'Mutation.promotionUpdate': input((name) => ({ name })),
  'Mutation.accountUpdate': input((firstName) => ({ firstName })),
  'Mutation.cartNoteUpdate': (_, { text }) => ({ note: text }),
  'Mutation.cartBuyerIdentityUpdate': (_, { text }) => ({ email: text && `${text}@test.example` }),
  'Mutation.cartDiscountCodesUpdate': () => ({ codes: ['WELCOME10'] }),
  'Mutation.cartAddressesUpdate': (_, { text }) => ({ shipping: address(text) }),
  'Mutation.cartShippingMethodUpdate': () => ({ shippingMethodId: 'standard' }),
  'Mutation.addressCreate': (_, { text }) => ({ input: address(text) }),
  'Mutation.addressUpdate': (_, { text }) => ({ input: address(text) }),
};

const address = (text: string) => ({
  fullName: text,
  streetLine1: text,
  city: 'Berlin',
  postalCode: '10117',
  countryCode: 'DE',
});
