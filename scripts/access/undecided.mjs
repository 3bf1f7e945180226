import { ENTITIES, IDS, OWN } from './decisions.mjs';
import { accessEntities, accessFields } from './fields.mjs';

const FILE = 'scripts/access/decisions.mjs';

/**
 * What has no decision yet, and what was decided and is gone. What is decided by scopes or for services only needs none.
 * @param {import('../schema/subgraphs.mjs').Subgraph[]} subgraphs
 * @param {{ IDS: object, OWN: string[], ENTITIES: object }} [decisions]
 * @returns {import('../schema/subgraphs.mjs').Fault[]}
 */
export function undecidedFaults(subgraphs, decisions = { IDS, OWN, ENTITIES }) {
  const fields = accessFields(subgraphs).filter(needsDecision);
  const entities = accessEntities(subgraphs);
  return [
    ...fields.flatMap((field) => fieldFaults(field, decisions)),
    ...entities.flatMap((entity) => entityFaults(entity, decisions)),
    ...goneFaults(fields, entities, decisions),
  ];
}

/** Whether the field's own directive leaves open whose things may be named. */
export function needsDecision({ hidden, rule }) {
  return !hidden && rule?.kind !== 'scopes';
}

function fieldFaults({ key, where, rule, ids }, decisions) {
  const faults = ids
    .filter((path) => !(`${key}(${path})` in decisions.IDS))
    .map((path) => ({
      where,
      message: `nobody has decided whose things "${key}(${path})" may name: add it to IDS in ${FILE}, e.g. '${key}(${path})': theirs('order', 'NOT_FOUND', 'orders:write') or open('product')`,
    }));
  const owned = ids.some((path) => decisions.IDS[`${key}(${path})`]?.kind === 'theirs');
  if (rule?.kind === 'owned' && !owned && faults.length === 0 && !decisions.OWN.includes(key)) {
    faults.push({
      where,
      message: `"${key}" is @owned and names nothing that is owned: add it to OWN in ${FILE}, or give one of its ids the decision theirs(…)`,
    });
  }
  return faults;
}

function entityFaults({ key, where, fields }, decisions) {
  const decision = decisions.ENTITIES[key];
  if (decision === undefined) {
    return [{ where, message: `nobody has decided who may refer to "${key}": add it to ENTITIES in ${FILE}` }];
  }
  if (decision.whole) return [];
  return fields
    .filter(({ name, rule }) => !(name in decision.fields) && rule?.kind !== 'scopes')
    .map(({ name }) => ({
      where,
      message: `nobody has decided who may see "${name}" of "${key}", which is another service's: add it to ENTITIES['${key}'].fields in ${FILE}`,
    }));
}

/** Decisions about what is not there any more would lie. */
function goneFaults(fields, entities, decisions) {
  const gone = (name) => ({
    where: FILE,
    message: `decides about "${name}", which does not exist or is decided by scopes: remove it`,
  });
  const ids = new Set(fields.flatMap(({ key, ids }) => ids.map((path) => `${key}(${path})`)));
  const owned = new Set(fields.filter(({ rule }) => rule?.kind === 'owned').map(({ key }) => key));
  const found = new Map(entities.map((entity) => [entity.key, new Set(entity.fields.map(({ name }) => name))]));
  return [
    ...Object.keys(decisions.IDS).filter((name) => !ids.has(name)),
    ...decisions.OWN.filter((name) => !owned.has(name)),
    ...Object.keys(decisions.ENTITIES).filter((name) => !found.has(name)),
    ...Object.entries(decisions.ENTITIES).flatMap(([name, decision]) =>
      Object.keys(decision.fields)
        .filter((field) => found.has(name) && !found.get(name).has(field))
        .map((field) => `${name}.${field}`),
    ),
  ].map(gone);
}
