import { Kind } from 'graphql';
import { placeOf } from '../schema/subgraphs.mjs';

const ROOT_TYPES = ['Query', 'Mutation', 'Subscription'];

/**
 * Every root field of every subgraph, and every other field that has an access rule or takes an id: its rule as the SDL writes it, and
 * the arguments that are ids, those inside of inputs too (`input.lines.variantId`).
 * @param {import('../schema/subgraphs.mjs').Subgraph[]} subgraphs
 * @returns {import('./fields.mjs').AccessField[]}
 */
export function accessFields(subgraphs) {
  return subgraphs.flatMap(({ name: service, file, document }) => {
    const inputs = new Map(
      document.definitions.flatMap((node) =>
        node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ? [[node.name.value, node]] : [],
      ),
    );
    return objectTypes(document).flatMap((type) =>
      (type.fields ?? []).flatMap((field) => {
        const found = {
          service,
          type: type.name.value,
          name: field.name.value,
          key: `${type.name.value}.${field.name.value}`,
          root: ROOT_TYPES.includes(type.name.value),
          hidden: [...(field.directives ?? []), ...(type.directives ?? [])].some(
            ({ name }) => name.value === 'inaccessible',
          ),
          rule: ruleOf(field),
          ids: idArguments(field.arguments ?? [], inputs),
          where: placeOf(field, file),
        };
        return found.root || found.rule !== null || found.ids.length > 0 ? [found] : [];
      }),
    );
  });
}

/**
 * Every entity that a subgraph answers for when the gateway refers to it, with the keys by which it is referred to and the fields that
 * are found there beside its keys.
 * @param {import('../schema/subgraphs.mjs').Subgraph[]} subgraphs
 * @returns {import('./fields.mjs').AccessEntity[]}
 */
export function accessEntities(subgraphs) {
  return subgraphs.flatMap(({ name: service, file, document }) =>
    objectTypes(document).flatMap((type) => {
      const keys = (type.directives ?? [])
        .filter(({ name }) => name.value === 'key')
        .filter(isResolvable)
        .map(fieldsOfKey);
      if (keys.length === 0) return [];
      const fields = (type.fields ?? []).filter(
        (field) =>
          !keys.includes(field.name.value) && !(field.directives ?? []).some(({ name }) => name.value === 'external'),
      );
      return [
        {
          service,
          type: type.name.value,
          key: `${service}.${type.name.value}`,
          keys,
          fields: fields.map((field) => ({ name: field.name.value, rule: ruleOf(field) })),
          where: placeOf(type, file),
        },
      ];
    }),
  );
}

function objectTypes(document) {
  return document.definitions.filter(
    ({ kind }) => kind === Kind.OBJECT_TYPE_DEFINITION || kind === Kind.OBJECT_TYPE_EXTENSION,
  );
}

const argument = (directive, name) => directive.arguments?.find((one) => one.name.value === name)?.value;
const isResolvable = (key) => argument(key, 'resolvable')?.value !== false;
const fieldsOfKey = (key) => argument(key, 'fields').value;

function ruleOf(field) {
  for (const directive of field.directives ?? []) {
    switch (directive.name.value) {
      case 'public':
      case 'owned':
      case 'authenticated':
        return { kind: directive.name.value };
      case 'requiresScopes': {
        const lists = argument(directive, 'scopes').values;
        return { kind: 'scopes', anyOf: lists.map(({ values }) => values.map(({ value }) => value)) };
      }
    }
  }
  return null;
}

function idArguments(argumentNodes, inputs, within = [], seen = []) {
  return argumentNodes.flatMap(({ name, type }) => {
    const path = [...within, name.value];
    const named = namedType(type);
    if (named === 'ID') return [path.join('.')];
    const input = inputs.get(named);
    return input && !seen.includes(named) ? idArguments(input.fields ?? [], inputs, path, [...seen, named]) : [];
  });
}

function namedType(type) {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}
