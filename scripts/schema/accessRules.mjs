import { Kind } from 'graphql';
import { placeOf } from './subgraphs.mjs';

const ACCESS_RULES = ['public', 'owned', 'authenticated', 'requiresScopes'];
const ROOT_TYPES = ['Query', 'Mutation', 'Subscription'];

/**
 * Every root field has exactly one access rule, and a field that clients cannot see (`@inaccessible`) is for services only.
 * @param {import('./subgraphs.mjs').Subgraph} subgraph
 * @returns {import('./subgraphs.mjs').Fault[]}
 */
export function accessRuleFaults({ name, file, document }) {
  return rootFields(document).flatMap((field) => {
    const title = `${name}: root field "${field.name.value}"`;
    const where = placeOf(field, file);
    const rules = field.directives.filter((directive) => ACCESS_RULES.includes(directive.name.value));
    if (rules.length !== 1) {
      const found = rules.length === 0 ? 'none' : rules.map((rule) => `@${rule.name.value}`).join(' and ');
      return [
        {
          where,
          message: `${title} needs exactly one of @public, @owned, @authenticated, @requiresScopes; it has ${found}`,
        },
      ];
    }
    const hidden = field.directives.some((directive) => directive.name.value === 'inaccessible');
    if (hidden && !requiresServiceScope(rules[0])) {
      return [
        { where, message: `${title} is @inaccessible, so its rule must be @requiresScopes(scopes: [["service"]])` },
      ];
    }
    return [];
  });
}

function rootFields(document) {
  return document.definitions
    .filter(
      (definition) =>
        (definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.OBJECT_TYPE_EXTENSION) &&
        ROOT_TYPES.includes(definition.name.value),
    )
    .flatMap((definition) => definition.fields ?? []);
}

function requiresServiceScope(rule) {
  const alternatives = rule.arguments?.find((argument) => argument.name.value === 'scopes')?.value.values ?? [];
  return (
    alternatives.length > 0 &&
    alternatives.every((all) => all.values?.some((scope) => /^service(:|$)/.test(scope.value)))
  );
}
