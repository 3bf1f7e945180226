import { Kind } from 'graphql';
import { placeOf } from './subgraphs.mjs';

/**
 * Only one subgraph, the owner of an entity, may give it fields that are never null: a non-null field that another one
 * contributes takes the whole entity away when that service is down. The owner is who has most non-null fields in it.
 * @param {import('./subgraphs.mjs').Subgraph[]} subgraphs
 * @returns {import('./subgraphs.mjs').Fault[]}
 */
export function contributedFieldFaults(subgraphs) {
  const byEntity = new Map();
  for (const { name, file, document } of subgraphs) {
    for (const [entity, fields] of requiredEntityFields(document)) {
      const contributors = byEntity.get(entity) ?? [];
      contributors.push({ subgraph: name, file, fields });
      byEntity.set(entity, contributors);
    }
  }
  return [...byEntity].flatMap(([entity, contributors]) => {
    const [owner, ...others] = contributors.sort((a, b) => b.fields.length - a.fields.length);
    return others.flatMap(({ subgraph, file, fields }) =>
      fields.map((field) => ({
        where: placeOf(field, file),
        message: `${subgraph}: "${entity}.${field.name.value}" is contributed to an entity of ${owner.subgraph}, so it must be nullable: else ${entity} disappears whenever ${subgraph} is down`,
      })),
    );
  });
}

/** Non-null fields of each entity of a subgraph, without its keys and what it only borrows (@external) or shares. */
function requiredEntityFields(document) {
  const entities = new Map();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.OBJECT_TYPE_EXTENSION) continue;
    const keys = (definition.directives ?? []).filter((directive) => directive.name.value === 'key');
    if (keys.length === 0) continue;
    const keyFields = new Set(keys.flatMap(keyFieldNames));
    const required = (definition.fields ?? []).filter(
      (field) =>
        field.type.kind === Kind.NON_NULL_TYPE &&
        !keyFields.has(field.name.value) &&
        !field.directives.some(({ name }) => ['external', 'shareable', 'inaccessible'].includes(name.value)),
    );
    if (required.length > 0) {
      entities.set(definition.name.value, [...(entities.get(definition.name.value) ?? []), ...required]);
    }
  }
  return entities;
}

function keyFieldNames(key) {
  const fields = key.arguments.find((argument) => argument.name.value === 'fields').value.value;
  return fields.replace(/\{[^}]*\}/g, ' ').split(/\s+/);
}
