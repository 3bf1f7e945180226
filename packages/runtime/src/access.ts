import {
  defaultFieldResolver,
  type FieldDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  Kind,
  type ValueNode,
} from 'graphql';
import { ClientError } from './errors.js';
import { asPrivileged } from './privileged.js';
import { hasScope, type ServiceName, type Viewer } from './viewer.js';

/** What a field's directives ask of the viewer. Scopes: one inner list must be held entirely. */
export type AccessRule =
  | { readonly kind: 'public' }
  | { readonly kind: 'owned' }
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'scopes'; readonly anyOf: readonly (readonly string[])[] };

/** The rules written above a field in the SDL. */
export function accessRules(field: FieldDefinitionNode | null | undefined): AccessRule[] {
  return (field?.directives ?? []).flatMap((directive): AccessRule[] => {
    switch (directive.name.value) {
      case 'public':
        return [{ kind: 'public' }];
      case 'owned':
        return [{ kind: 'owned' }];
      case 'authenticated':
        return [{ kind: 'authenticated' }];
      case 'requiresScopes':
        return [{ kind: 'scopes', anyOf: scopeLists(directive.arguments?.[0]?.value) }];
      default:
        return [];
    }
  });
}

function scopeLists(value: ValueNode | undefined): string[][] {
  if (value?.kind !== Kind.LIST) return [];
  return value.values.map((inner) =>
    inner.kind === Kind.LIST ? inner.values.flatMap((scope) => (scope.kind === Kind.STRING ? [scope.value] : [])) : [],
  );
}

/** Throws the error that the viewer gets, or does nothing when the rules allow the field. */
export function checkAccess(rules: readonly AccessRule[], viewer: Viewer): void {
  for (const rule of rules) {
    if (rule.kind === 'public' || rule.kind === 'owned') continue;
    if (viewer.kind === 'anonymous') throw new ClientError('UNAUTHENTICATED', 'Sign in to do this.');
    if (rule.kind === 'authenticated' && viewer.kind !== 'user')
      throw new ClientError('FORBIDDEN', 'Only a signed-in user may do this.');
    if (
      rule.kind === 'scopes' &&
      !rule.anyOf.some((all) => all.length > 0 && all.every((scope) => hasScope(viewer, scope)))
    ) {
      throw new ClientError(
        'FORBIDDEN',
        `This needs the scope ${rule.anyOf.map((all) => all.join(' and ')).join(', or ')}.`,
      );
    }
  }
}

const FEDERATION_FIELDS = new Set(['_service', '_entities']);

/**
 * Puts the SDL's access rules in front of the resolvers. A root field without a rule, or with two, stops the start:
 * what nobody decided is refused. Mutations run as privileged actions when their viewer has rights, so that what they change is
 * recorded for the audit log.
 */
export function enforceAccess(schema: GraphQLSchema, service: ServiceName): void {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  const undecided: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values((type as GraphQLObjectType<unknown, { viewer: Viewer }>).getFields())) {
      if (FEDERATION_FIELDS.has(field.name)) continue;
      const rules = accessRules(field.astNode);
      if (roots.has(type as GraphQLObjectType) && rules.length !== 1) undecided.push(`${type.name}.${field.name}`);
      const resolve = field.resolve ?? defaultFieldResolver;
      if (type === schema.getMutationType() && rules[0]?.kind !== 'public') {
        field.resolve = (source, args, context, info) => {
          const { viewer } = context;
          checkAccess(rules, viewer);
          return asPrivileged({ service, action: field.name, viewer }, () => resolve(source, args, context, info));
        };
      } else if (rules.some((rule) => rule.kind === 'authenticated' || rule.kind === 'scopes')) {
        field.resolve = (source, args, context, info) => {
          checkAccess(rules, context.viewer);
          return resolve(source, args, context, info);
        };
      }
    }
  }
  if (undecided.length > 0) {
    throw new Error(
      `These root fields need exactly one of @public, @owned, @authenticated, @requiresScopes: ${undecided.join(', ')}`,
    );
  }
}
