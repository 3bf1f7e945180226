import {
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getVariableValues,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { fieldsOf, fragmentsOf } from '../limits/operationFields.js';

type Values = Readonly<Record<string, unknown>>;

/** A root field that hands out tokens: its name in the answer, and those of its fields there. */
export interface TokenField {
  readonly key: string;
  readonly accessToken: readonly string[];
  readonly refreshToken: readonly string[];
  readonly expiresIn: readonly string[];
}

/** What an operation does to the session of its client. */
export interface SessionOperation {
  readonly tokens: readonly TokenField[];
  /** Of a `sessionRefresh`: the variable that takes the token, undefined when the document gives it in another way. */
  readonly refresh: { readonly key: string; readonly variable: string | undefined } | undefined;
  /** Fields that may end the session of who asks; the answer has `accepted` under these names. */
  readonly ends: readonly {
    readonly key: string;
    readonly accepted: readonly string[];
    readonly isOwn: (variables: Values, sessionId: string | undefined) => boolean;
  }[];
}

/** Mutations that end the session they are sent with, by their arguments. */
const ENDS: Readonly<Record<string, (args: Values, sessionId: string | undefined) => boolean>> = {
  sessionRevoke: ({ id }, sessionId) => id === undefined || id === null || id === sessionId,
  sessionsRevokeAll: ({ exceptCurrent }) => exceptCurrent !== true,
  accountDeactivate: () => true,
  accountDelete: () => true,
};

const NOTHING: SessionOperation = { tokens: [], refresh: undefined, ends: [] };

/** Finds out once for each operation what it does to sessions; aliases and fragments hide nothing. */
export function createSessionOperations() {
  const known = new WeakMap<OperationDefinitionNode, SessionOperation>();
  return (schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): SessionOperation => {
    const found = known.get(operation);
    if (found) return found;
    const made = operation.operation === 'mutation' ? judge(schema, document, operation) : NOTHING;
    known.set(operation, made);
    return made;
  };
}

function judge(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): SessionOperation {
  const root = schema.getMutationType();
  if (!root) return NOTHING;
  const fragments = fragmentsOf(document);
  const fields = fieldsOf(operation.selectionSet, fragments);
  const keysOf = (field: FieldNode, name: string): string[] =>
    fieldsOf(field.selectionSet, fragments)
      .filter((node) => node.name.value === name)
      .map(keyOf);

  const refreshing = fields.find((field) => field.name.value === 'sessionRefresh');
  return {
    tokens: fields
      .filter((field) => handsOutTokens(root, field))
      .map((field) => ({
        key: keyOf(field),
        accessToken: keysOf(field, 'accessToken'),
        refreshToken: keysOf(field, 'refreshToken'),
        expiresIn: keysOf(field, 'expiresIn'),
      })),
    refresh: refreshing && { key: keyOf(refreshing), variable: variableOf(refreshing, 'refreshToken') },
    ends: fields.flatMap((field) => {
      const ends = ENDS[field.name.value];
      const definition = root.getFields()[field.name.value];
      if (!ends || !definition) return [];
      const isOwn = (given: Values, sessionId: string | undefined): boolean => {
        const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
        return coerced !== undefined && ends(getArgumentValues(definition, field, coerced), sessionId);
      };
      return [{ key: keyOf(field), accepted: keysOf(field, 'accepted'), isOwn }];
    }),
  };
}

/** Whether the type of a root field carries tokens, whatever it is called. */
export function handsOutTokens(root: GraphQLObjectType, field: FieldNode): boolean {
  const type = getNamedType(root.getFields()[field.name.value]?.type);
  return isObjectType(type) && ['accessToken', 'refreshToken'].some((name) => type.getFields()[name] !== undefined);
}

const keyOf = (field: FieldNode): string => field.alias?.value ?? field.name.value;

function variableOf(field: FieldNode, argument: string): string | undefined {
  const value = field.arguments?.find(({ name }) => name.value === argument)?.value;
  return value?.kind === Kind.VARIABLE ? value.name.value : undefined;
}
